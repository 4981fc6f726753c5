"""Stable-Baselines3's DQN in the compiled mazes, for `benchmarks.dqn`: the same maze, batch, updates and layers."""

from typing import Any

import gymnasium as gym
import numpy as np
from stable_baselines3 import DQN
from stable_baselines3.common.vec_env import VecEnv

from agents.mazes import make
from agents.training.observations import symbolic_rows, symbolic_space
from explore.encoding.observations import Encoder


class MazeVecEnv(VecEnv):
    """The compiled mazes as Stable-Baselines3's vector environment; an observation is the one-hot features, as bytes.

    Given the codes themselves, it would make the features anew in every forward pass, one call per column of the view.
    """

    def __init__(self, maze: str, envs: int) -> None:
        self._mazes = make(maze, envs, seed=0)
        self._encoder = Encoder(symbolic_space(self._mazes.single_observation_space), trusted=True)
        space = gym.spaces.Box(0, 1, (self._encoder.size,), np.uint8)
        super().__init__(envs, space, self._mazes.single_action_space)

    def reset(self) -> Any:
        return self._rows(self._mazes.reset()[0])

    def step_async(self, actions: Any) -> None:
        self._actions = actions

    def step_wait(self) -> Any:
        observation, reward, terminated, truncated, info = self._mazes.step(np.asarray(self._actions))
        done = terminated | truncated
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        for slot in np.flatnonzero(done).tolist():
            final = {name: np.asarray(part)[None] for name, part in info["final_obs"][slot].items()}
            infos[slot] = {
                "terminal_observation": self._rows(final)[0],
                "TimeLimit.truncated": bool(truncated[slot] and not terminated[slot]),
            }
        return self._rows(observation), reward.astype(np.float32), done, infos

    def close(self) -> None:
        self._mazes.close()

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        return [None] * self.num_envs

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        raise NotImplementedError

    def env_method(self, method_name: str, *args: Any, indices: Any = None, **kwargs: Any) -> list[Any]:
        raise NotImplementedError

    def env_is_wrapped(self, wrapper_class: Any, indices: Any = None) -> list[bool]:
        return [False] * self.num_envs

    def _rows(self, observation: Any) -> Any:
        rows = self._encoder.encode(symbolic_rows(self._mazes.single_observation_space, observation))
        features = np.zeros((len(rows), self._encoder.size), dtype=np.uint8)
        np.put_along_axis(features, rows.astype(np.int64) + self._encoder.starts[:-1], 1, axis=1)
        return features


def make_dqn(maze: str, envs: int, *, batch: int, updates: int, hidden: tuple[int, ...], warmup: int) -> DQN:
    """A DQN that updates `updates` times per step of `envs` environments; Double Q, n-step and bonus it has none."""
    return DQN(
        "MlpPolicy",
        MazeVecEnv(maze, envs),
        batch_size=batch,
        train_freq=1,
        gradient_steps=updates,
        learning_starts=warmup,
        buffer_size=100_000,
        target_update_interval=1000,
        policy_kwargs={"net_arch": list(hidden)},
        seed=0,
        device="cpu",
    )
