"""The mazes as a vector environment of Stable-Baselines3: compiled, so that the agent and not the maze takes the time.

    model = DQN("MlpPolicy", MazeVecEnv("MiniGrid-DoorKey-8x8-v0", 8))
    model = PPO("MlpPolicy", MazeVecEnv("MiniGrid-DoorKey-8x8-v0", 16, seed=1))

An observation is one-hot: a 1 for each code of the view, of the direction and of the mission, as bytes. Given the codes
themselves (`MultiDiscrete`), SB3 would encode them anew in every forward pass, one call per column of the view.
"""

import time
from collections.abc import Sequence
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt

from agents.mazes.factory import make
from agents.training.observations import symbolic_rows, symbolic_space
from explore.errors import BadInput
from explore.optional import missing_class

try:
    from stable_baselines3.common.monitor import Monitor
    from stable_baselines3.common.vec_env import VecEnv
except ImportError:
    VecEnv = missing_class("stable_baselines3", "sb3")


class MazeVecEnv(VecEnv):
    """`num_envs` environments of a maze, for any agent of SB3 that takes discrete actions.

    maze, options: as `agents.mazes.make` takes them. The observation space is `Box(0, 1, (features,), uint8)`.

    Infos are as SB3's own: `terminal_observation` and `TimeLimit.truncated` where an episode ended, there with
    `is_success` and, as `Monitor` gives it, `episode` (return, length, seconds); and `state_key` in every step, where
    the mazes were made with `state_key=True`. BadInput as `make` raises it.
    """

    def __init__(self, maze: str, num_envs: int = 8, **options: Any) -> None:
        self.mazes = make(maze, num_envs, **options)
        space = symbolic_space(self.mazes.single_observation_space)
        assert isinstance(space, gym.spaces.MultiDiscrete)
        self._first = np.cumsum(space.nvec) - space.nvec  # the feature of each column's code 0
        self._features = int(space.nvec.sum())
        self._taken: npt.NDArray[np.int64] = np.zeros(num_envs, dtype=np.int64)
        self._returns, self._lengths = np.zeros(num_envs), np.zeros(num_envs, dtype=np.int64)
        self._started = time.time()
        box = gym.spaces.Box(0, 1, (self._features,), np.uint8)
        super().__init__(num_envs, box, self.mazes.single_action_space)

    def reset(self) -> npt.NDArray[np.uint8]:
        """Begin an episode everywhere, on new streams of layouts where `seed` was called; `(num_envs, features)`."""
        # Vector environments take one seed per slot too, which VectorEnv's own annotation leaves out.
        observation, info = self.mazes.reset(seed=self._seeds)
        self._reset_seeds()
        self._reset_options()
        self._returns[:], self._lengths[:] = 0, 0
        keys = info.get("state_key")
        self.reset_infos = [{} if keys is None else {"state_key": int(keys[slot])} for slot in range(self.num_envs)]
        return self._one_hot(observation)

    def step_async(self, actions: Any) -> None:
        """Keep the actions for `step_wait`."""
        self._taken = np.asarray(actions)

    def step_wait(self) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32], npt.NDArray[np.bool_], list[Any]]:
        """The step: observations `(num_envs, features)`, rewards, which episodes ended, and the infos."""
        observation, reward, terminated, truncated, info = self.mazes.step(self._taken)
        done = terminated | truncated
        self._returns += reward
        self._lengths += 1
        keys, final_keys = info.get("state_key"), info.get("final_state_key")
        infos: list[dict[str, Any]] = [{"TimeLimit.truncated": False} for _ in range(self.num_envs)]
        if keys is not None:
            for slot, each in enumerate(infos):
                each["state_key"] = int(keys[slot])
        ended = np.flatnonzero(done).tolist()
        if ended:
            last = info["final_obs"]
            parts = {name: np.array([last[slot][name] for slot in ended]) for name in last[ended[0]]}
            for slot, terminal in zip(ended, self._one_hot(parts), strict=True):
                infos[slot] |= {
                    "terminal_observation": terminal,
                    "TimeLimit.truncated": bool(truncated[slot] and not terminated[slot]),
                    "is_success": bool(info["final_info"]["success"][slot]),
                    "episode": {
                        "r": round(float(self._returns[slot]), 6),
                        "l": int(self._lengths[slot]),
                        "t": round(time.time() - self._started, 6),
                    },
                }
                if keys is not None and final_keys is not None:
                    self.reset_infos[slot] = {"state_key": int(keys[slot])}
                    infos[slot]["state_key"] = int(final_keys[slot])
            self._returns[ended], self._lengths[ended] = 0, 0
        return self._one_hot(observation), reward.astype(np.float32), done, infos

    def close(self) -> None:
        """Close the mazes."""
        self.mazes.close()

    def get_images(self) -> Sequence[npt.NDArray[np.uint8] | None]:
        """Pictures, where the mazes were made with `render_mode="rgb_array"`; BadInput where not."""
        return self.mazes.render()

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """An attribute of the mazes, which all slots share."""
        value = getattr(self.mazes, attr_name)
        return [value for _ in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        """BadInput: the slots are not environments of their own."""
        raise BadInput(f"mazes share their attributes: give {attr_name} when they are made.")

    def env_method(self, method_name: str, *method_args: Any, indices: Any = None, **method_kwargs: Any) -> list[Any]:
        """BadInput: the slots are not environments of their own."""
        raise BadInput(f"mazes are stepped together, and none has a method {method_name} of its own.")

    def env_is_wrapped(self, wrapper_class: type[Any], indices: Any = None) -> list[bool]:
        """Whether the infos are those of the wrapper: of `Monitor`, and of no other."""
        return [wrapper_class is Monitor for _ in self._get_indices(indices)]

    def _one_hot(self, observation: Any) -> npt.NDArray[np.uint8]:
        rows = symbolic_rows(self.mazes.single_observation_space, observation)
        features = np.zeros((len(rows), self._features), dtype=np.uint8)
        np.put_along_axis(features, rows.astype(np.int64) + self._first, 1, axis=1)
        return features
