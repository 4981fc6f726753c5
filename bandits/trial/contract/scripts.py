"""The stories that a bonus is told in its trial: scripted transitions over a few states, the same for every plugin.

A `Story` says which state follows which, per learner and slot; a `Scene` says what the states look like. A learner's
story derives from the learner's name, so it is the same alone and in company.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import gymnasium as gym
import numpy as np
import numpy.typing as npt
import torch

from explore.core.bonus import Bonus
from explore.core.transitions import Transitions
from explore.encoding.observations import Encoder
from explore.numerics.seeding import stream

STATES = 12
ACTIONS = 3
ENDING = 0.15  # chance that an episode of a random story ends with a step
REPLAY = 16  # steps that a batch to learn from reaches back

Array = npt.NDArray[Any]
Ending = Literal["terminated", "truncated"] | None


@dataclass(frozen=True)
class Story:
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

    def select(self, index: Any) -> "Story":
        """The same index applied to every array."""
        return Story(**{part.name: getattr(self, part.name)[index] for part in fields(self)})


class Row(NamedTuple):
    """One step of one slot; `ending` is how the episode ends with it, `real` False where nothing happens in truth."""

    state: int
    successor: int
    ending: Ending = None
    real: bool = True


def episode(states: Sequence[int], ending: Ending = "terminated") -> list[Row]:
    """A walk through `states` that ends with its last step."""
    steps = [Row(state, successor) for state, successor in pairwise(states)]
    return [*steps[:-1], steps[-1]._replace(ending=ending)]


def script(*slots: Sequence[Row], learners: int = 2) -> Story:
    """The slots' rows side by side, told to every learner alike; all are of one length."""
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
    return Story(state, action, np.zeros(state.shape, dtype=np.float32), successor, *flags)


def path(states: Sequence[int], learners: int, envs: int) -> Story:
    """Every slot walks through `states` in one episode that does not end."""
    return script(*[episode(states, ending=None)] * envs, learners=learners)


def wander(names: Sequence[int], envs: int, steps: int, seed: int) -> Story:
    """Random episodes, told to each learner by its own stream; they end both ways, the last step ends them all."""
    told = [_wander(stream(seed, "story", name), envs, steps) for name in names]
    return Story(*(np.stack(parts) for parts in zip(*told, strict=True)))


def _wander(random: np.random.Generator, envs: int, steps: int) -> tuple[Array, ...]:
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


class Scene:
    """What the states look like: `rows` are the encoded observations of `space`, one per state.

    actions: `(ACTIONS, dims)` float32 within ±1, where the actions are vectors; else they are the numbers 0, 1, …
    """

    def __init__(self, space: gym.Space[Any], observations: Any, actions: Array | None = None) -> None:
        self.space = space
        self.action_space: gym.Space[Any] = gym.spaces.Discrete(ACTIONS)
        if actions is not None:
            self.action_space = gym.spaces.Box(-1.0, 1.0, actions.shape[1:], np.float32)
        self.actions = torch.arange(ACTIONS) if actions is None else torch.from_numpy(actions)
        self.rows = torch.from_numpy(Encoder(space).encode(observations))

    def step(self, story: Story, step: int) -> Transitions:
        """What the slots of all learners live through in one step, `(learners, envs)`."""
        return self._tell(story.select(np.s_[:, :, step]))

    def batch(self, story: Story, steps: Sequence[int]) -> Transitions:
        """Some steps of all slots as one batch to learn from, `(learners, envs·steps)`."""
        some = story.select(np.s_[:, :, list(steps)])
        flat = {part.name: getattr(some, part.name).reshape(len(some.state), -1) for part in fields(Story)}
        return self._tell(Story(**flat))

    def probes(self, learners: int, rows: int = 2 * STATES) -> Transitions:
        """Transitions to score, the same for all learners: every state is left and reached, `(learners, rows)`."""
        row = np.broadcast_to(np.arange(rows), (learners, rows))
        no = np.zeros(row.shape, dtype=bool)
        reward = np.zeros(row.shape, dtype=np.float32)
        probe = Story(row % STATES, row % ACTIONS, reward, (5 * row + row // STATES + 1) % STATES, no, no, ~no)
        return self._tell(probe)

    def _tell(self, told: Story) -> Transitions:
        state, successor = torch.from_numpy(told.state.copy()), torch.from_numpy(told.successor.copy())
        return Transitions(
            observation=self.rows[state],
            action=self.actions[torch.from_numpy(told.action.copy())],
            reward=torch.from_numpy(told.reward.copy()),
            next_observation=self.rows[successor],
            terminated=torch.from_numpy(told.terminated.copy()),
            truncated=torch.from_numpy(told.truncated.copy()),
            state_key=state.long(),
            next_state_key=successor.long(),
            valid=None if told.valid.all() else torch.from_numpy(told.valid.copy()),
        )


def scenes() -> dict[str, Scene]:
    """The kinds of observation that a bonus is tried with."""
    random = stream(0, "scenes")
    numbers = random.normal(size=(STATES, 6)).astype(np.float32)
    picture = random.integers(256, size=(STATES, 8, 8, 3)).astype(np.uint8)
    vectors = random.uniform(-1, 1, size=(ACTIONS, 2)).astype(np.float32)
    box = gym.spaces.Box(-np.inf, np.inf, (6,), np.float32)
    parts = {"place": gym.spaces.MultiDiscrete([4, 3]), "speed": gym.spaces.Box(-np.inf, np.inf, (2,), np.float32)}
    mixed = {"place": np.stack(np.divmod(np.arange(STATES), 3), axis=1), "speed": numbers[:, :2]}
    return {
        "numbers": Scene(box, numbers),
        "categories": Scene(gym.spaces.Discrete(STATES), np.arange(STATES)),
        "picture": Scene(gym.spaces.Box(0, 255, (8, 8, 3), np.uint8), picture),
        "a dictionary": Scene(gym.spaces.Dict(parts), mixed),
        "continuous actions": Scene(box, numbers, vectors),
    }


def huge_scenes() -> dict[str, Scene]:
    """The same where observations are as large as they come; 1e30 is far beyond where a square overflows."""
    usual = scenes()
    numbers = usual["numbers"].rows.numpy() * np.float32(1e30)
    return {
        "numbers": Scene(usual["numbers"].space, numbers),
        "picture": Scene(usual["picture"].space, np.full((STATES, 8, 8, 3), 255, dtype=np.uint8)),
    }


@dataclass(frozen=True)
class Lived:
    """What a bonus answered: per step the episodic factors, the bonus just earned, the probes' bonus, the losses."""

    factors: list[torch.Tensor]  # each (learners, envs)
    earned: list[torch.Tensor]  # each (learners, envs)
    probed: list[torch.Tensor]  # each (learners, probes)
    losses: list[dict[str, torch.Tensor]]  # each value (learners,)

    def values(self) -> dict[str, torch.Tensor]:
        """All answers by name, learner axis first."""
        stacked = {name: torch.stack(getattr(self, name), 1) for name in ("factors", "earned", "probed")}
        for name in self.losses[0]:
            stacked[f"loss {name}"] = torch.stack([losses[name].detach() for losses in self.losses], 1)
        return stacked


def live(
    bonus: Bonus, scene: Scene, story: Story, *, learn: bool = True, probe: bool = True, device: str = "cpu"
) -> Lived:
    """Lead the bonus through the story as an agent does: observe, score, learn from recent steps."""
    probes = scene.probes(len(story.state)).to(device)
    lived = Lived([], [], [], [])
    for step in range(story.steps):
        now = scene.step(story, step).to(device)
        factor = bonus.observe(now)
        lived.factors.append(factor.cpu())
        lived.earned.append(bonus.score(now, factor).cpu())
        if probe:
            lived.probed.append(bonus.score(probes).cpu())
        recent = range(max(0, step + 1 - REPLAY), step + 1)
        losses = bonus.learn(scene.batch(story, recent).to(device)) if learn else {}
        lived.losses.append({name: loss.detach().cpu() for name, loss in losses.items()})
    return lived
