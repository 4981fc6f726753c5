"""`LearnerVectorEnv` against a vector environment whose every observation says where it is."""

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from agents.mazes import make
from agents.training.learner_env import LearnerVectorEnv
from explore.errors import BadInput

LENGTH = 3


class Corridor(gym.Env[Any, Any]):
    """Observation (episode, step); ends after three steps, by time in even episodes."""

    observation_space = gym.spaces.Box(0, 100, (2,), np.float32)
    action_space = gym.spaces.Discrete(2)

    def __init__(self) -> None:
        self.episode, self.time = -1, 0

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        self.episode, self.time = self.episode + 1, 0
        return self._seen(), {}

    def step(self, action: int) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self.time += 1
        over = self.time == LENGTH
        by_time = self.episode % 2 == 0
        return self._seen(), float(action), over and not by_time, over and by_time, {}

    def _seen(self) -> Any:
        return np.array([self.episode, self.time], dtype=np.float32)


def corridors(count: int, mode: AutoresetMode = AutoresetMode.SAME_STEP) -> SyncVectorEnv:
    return SyncVectorEnv([Corridor] * count, autoreset_mode=mode)


def test_successors_are_true_and_the_next_episode_begins_where_it_was_reset() -> None:
    env = LearnerVectorEnv(corridors(4), learners=2)
    assert env.rows.shape == (2, 2, 2)
    for step in range(8):
        episode, time = divmod(step, LENGTH)
        moved = env.step(torch.ones(2, 2, dtype=torch.int64))
        assert torch.equal(moved.observation, torch.tensor([float(episode), time]).expand(2, 2, 2))
        assert torch.equal(moved.next_observation, torch.tensor([float(episode), time + 1]).expand(2, 2, 2))
        over = time == LENGTH - 1
        assert bool(moved.truncated.all()) == (over and episode % 2 == 0)
        assert bool(moved.terminated.all()) == (over and episode % 2 == 1)
        assert torch.equal(moved.reward, torch.ones(2, 2))


def test_another_reset_mode_is_refused() -> None:
    with pytest.raises(BadInput, match="SAME_STEP"):
        LearnerVectorEnv(corridors(2, AutoresetMode.NEXT_STEP), learners=1)


def test_continuous_actions_are_refused() -> None:
    with pytest.raises(BadInput, match="discrete actions"):
        LearnerVectorEnv(
            gym.make_vec("Pendulum-v1", 2, vector_kwargs={"autoreset_mode": AutoresetMode.SAME_STEP}), learners=1
        )


def test_state_keys_name_the_true_successor() -> None:
    vector = make("MiniGrid-Empty-5x5-v0", 2, state_key=True)
    env = LearnerVectorEnv(vector, learners=1)
    left, right, forward = 0, 1, 2
    start = env.step(torch.tensor([[right, right]])).state_key
    known = None
    for action in (forward, forward, left, forward, forward):
        moved = env.step(torch.full((1, 2), action))
        assert moved.state_key is not None
        assert moved.next_state_key is not None
        if known is not None:
            assert torch.equal(moved.state_key, known)
        known = moved.next_state_key
        if moved.ended.any():
            assert moved.terminated.all()
            assert torch.equal(env.step(torch.tensor([[right, right]])).state_key, start)  # begun anew
            assert not (known == start).any()
            return
    pytest.fail("the goal was not reached")
