"""What a bonus observes of the states of a trajectory: numbers, categories, pictures, a dictionary."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import gymnasium as gym
import numpy as np
import torch

from bandits.trial.contract.trajectories import ACTIONS, STATES, Array, Trajectory
from explore.core.transitions import Transitions
from explore.encoding.observations import Encoder
from explore.numerics.seeding import stream


class ObservationModel:
    """The observation of each state: `rows` are the encoded observations of `space`, one per state.

    actions: `(ACTIONS, dims)` float32 within ±1, where the actions are vectors; else they are the numbers 0, 1, …
    """

    def __init__(self, space: gym.Space[Any], observations: Any, actions: Array | None = None) -> None:
        self.space = space
        self.action_space: gym.Space[Any] = gym.spaces.Discrete(ACTIONS)
        if actions is not None:
            self.action_space = gym.spaces.Box(-1.0, 1.0, actions.shape[1:], np.float32)
        self.actions = torch.arange(ACTIONS) if actions is None else torch.from_numpy(actions)
        self.rows = torch.from_numpy(Encoder(space).encode(observations))

    def step(self, trajectory: Trajectory, step: int) -> Transitions:
        """The transitions of one step, `(learners, envs)`."""
        return self._transitions(trajectory.select(np.s_[:, :, step]))

    def batch(self, trajectory: Trajectory, steps: Sequence[int]) -> Transitions:
        """Some steps of all slots as one batch to learn from, `(learners, envs·steps)`."""
        some = trajectory.select(np.s_[:, :, list(steps)])
        flat = {part.name: getattr(some, part.name).reshape(len(some.state), -1) for part in fields(Trajectory)}
        return self._transitions(Trajectory(**flat))

    def probes(self, learners: int, rows: int = 2 * STATES) -> Transitions:
        """Transitions to score, the same for all learners: every state is left and reached, `(learners, rows)`."""
        row = np.broadcast_to(np.arange(rows), (learners, rows))
        no = np.zeros(row.shape, dtype=bool)
        reward = np.zeros(row.shape, dtype=np.float32)
        probe = Trajectory(row % STATES, row % ACTIONS, reward, (5 * row + row // STATES + 1) % STATES, no, no, ~no)
        return self._transitions(probe)

    def _transitions(self, trajectory: Trajectory) -> Transitions:
        state, successor = torch.from_numpy(trajectory.state.copy()), torch.from_numpy(trajectory.successor.copy())
        return Transitions(
            observation=self.rows[state],
            action=self.actions[torch.from_numpy(trajectory.action.copy())],
            reward=torch.from_numpy(trajectory.reward.copy()),
            next_observation=self.rows[successor],
            terminated=torch.from_numpy(trajectory.terminated.copy()),
            truncated=torch.from_numpy(trajectory.truncated.copy()),
            state_key=state.long(),
            next_state_key=successor.long(),
            valid=None if trajectory.valid.all() else torch.from_numpy(trajectory.valid.copy()),
        )


def observation_models() -> dict[str, ObservationModel]:
    """An observation model for each kind of space that a bonus is tried with."""
    random = stream(0, "observation_models")
    numbers = random.normal(size=(STATES, 6)).astype(np.float32)
    picture = random.integers(256, size=(STATES, 8, 8, 3)).astype(np.uint8)
    vectors = random.uniform(-1, 1, size=(ACTIONS, 2)).astype(np.float32)
    box = gym.spaces.Box(-np.inf, np.inf, (6,), np.float32)
    parts = {"place": gym.spaces.MultiDiscrete([4, 3]), "speed": gym.spaces.Box(-np.inf, np.inf, (2,), np.float32)}
    mixed = {"place": np.stack(np.divmod(np.arange(STATES), 3), axis=1), "speed": numbers[:, :2]}
    return {
        "numbers": ObservationModel(box, numbers),
        "categories": ObservationModel(gym.spaces.Discrete(STATES), np.arange(STATES)),
        "picture": ObservationModel(gym.spaces.Box(0, 255, (8, 8, 3), np.uint8), picture),
        "a dictionary": ObservationModel(gym.spaces.Dict(parts), mixed),
        "continuous actions": ObservationModel(box, numbers, vectors),
    }


def huge_observation_models() -> dict[str, ObservationModel]:
    """The same with the largest observations; the square of 1e30 is far beyond float32."""
    usual = observation_models()
    numbers = usual["numbers"].rows.numpy() * np.float32(1e30)
    return {
        "numbers": ObservationModel(usual["numbers"].space, numbers),
        "picture": ObservationModel(usual["picture"].space, np.full((STATES, 8, 8, 3), 255, dtype=np.uint8)),
    }
