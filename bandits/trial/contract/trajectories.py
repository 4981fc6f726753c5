"""Scripted trajectories for the trial of a bonus: transitions over a few states, the same for every plugin.

A `Trajectory` holds which state follows which, per learner and slot; what is observed of a state is another file's,
`observation_models`. A learner's trajectory derives from the learner's name, so it does not depend on the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from explore.numerics.seeding import stream

STATES = 12
ACTIONS = 3
ENDING = 0.15  # chance that an episode of a random trajectory ends with a step

Array = npt.NDArray[Any]
Ending = Literal["terminated", "truncated"] | None


@dataclass(frozen=True)
class Trajectory:
    """What happens: arrays `(learners, envs, steps)` of state, action, reward, successor and how the episode ends."""

    state: Array
    action: Array
    reward: Array
    successor: Array
    terminated: Array
    truncated: Array
    valid: Array

    @property
    def steps(self) -> int:
        """How many steps it has."""
        return int(self.state.shape[2])

    def select(self, index: Any) -> "Trajectory":
        """The same index applied to every array."""
        return Trajectory(**{part.name: getattr(self, part.name)[index] for part in fields(self)})


class Row(NamedTuple):
    """One step of one slot; `ending` is how the episode ends with it, `real` False in an idle row."""

    state: int
    successor: int
    ending: Ending = None
    real: bool = True


def episode(states: Sequence[int], ending: Ending = "terminated") -> list[Row]:
    """A walk through `states` that ends with its last step."""
    steps = [Row(state, successor) for state, successor in pairwise(states)]
    return [*steps[:-1], steps[-1]._replace(ending=ending)]


def scripted(*slots: Sequence[Row], learners: int = 2) -> Trajectory:
    """The slots' rows, all of one length, the same for every learner."""
    columns = np.array([[(row.state, row.successor) for row in slot] for slot in slots])
    state, successor = (np.broadcast_to(part, (learners, *part.shape)) for part in (columns[..., 0], columns[..., 1]))
    flags = [
        np.broadcast_to(np.array(marks, dtype=bool), state.shape)
        for marks in (
            [[row.ending == "terminated" for row in slot] for slot in slots],
            [[row.ending == "truncated" for row in slot] for slot in slots],
            [[row.real for row in slot] for slot in slots],
        )
    ]
    action = (state + successor) % ACTIONS
    return Trajectory(state, action, np.zeros(state.shape, dtype=np.float32), successor, *flags)


def endless_walk(states: Sequence[int], learners: int, envs: int) -> Trajectory:
    """Every slot walks through `states` in one episode that does not end."""
    return scripted(*[episode(states, ending=None)] * envs, learners=learners)


def random_trajectory(names: Sequence[int], envs: int, steps: int, seed: int) -> Trajectory:
    """Random episodes, from each learner's own stream; they end both ways, the last step ends them all."""
    drawn = [_random_episodes(stream(seed, "trajectory", name), envs, steps) for name in names]
    return Trajectory(*(np.stack(parts) for parts in zip(*drawn, strict=True)))


def _random_episodes(random: np.random.Generator, envs: int, steps: int) -> tuple[Array, ...]:
    shape = (envs, steps)
    visited = random.integers(STATES, size=shape)
    successor = random.integers(STATES, size=shape)
    reward = random.normal(size=shape).astype(np.float32)
    ended = random.random(shape) < ENDING
    ended[:, -1] = True
    by_limit = random.random(shape) < 0.5
    # Within an episode the next step begins where the last one led.
    state = visited.copy()
    for step in range(1, steps):
        state[:, step] = np.where(ended[:, step - 1], visited[:, step], successor[:, step - 1])
    action = random.integers(ACTIONS, size=shape)
    return state, action, reward, successor, ended & ~by_limit, ended & by_limit, np.ones(shape, dtype=bool)
