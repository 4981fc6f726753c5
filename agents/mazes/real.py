"""Real MiniGrid behind the interface of the compiled engine: slower by a factor of hundreds, and its reference."""

import hashlib
from collections.abc import Sequence
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode, VectorEnv
from minigrid.minigrid_env import MiniGridEnv

from agents.mazes.layouts import Layouts, hidden_contents, layout_index
from explore.errors import BadInput

Flags = npt.NDArray[np.bool_]
Outcome = tuple[dict[str, npt.NDArray[Any]], npt.NDArray[np.float64], Flags, Flags, dict[str, Any]]


class RealMazes(VectorEnv[Any, Any, Any]):
    """`len(seeds)` copies of a maze, each on layouts of its own stream; an ended slot is reset within the step."""

    compiled = False

    def __init__(self, layouts: Layouts, seeds: Sequence[int], *, state_key: bool = False) -> None:
        self._envs = [_bare(layouts.maze) for _ in seeds]
        self._layouts = layouts
        self._seeds = list(seeds)
        self._with_key = state_key
        self._episodes = [0] * len(seeds)
        self.num_envs = len(seeds)
        self.metadata = {"autoreset_mode": AutoresetMode.SAME_STEP}
        one = self._envs[0]
        size = one.agent_view_size
        parts: dict[str, gym.Space[Any]] = {
            "image": gym.spaces.Box(0, 255, (size, size, 3), np.uint8),
            "direction": gym.spaces.Discrete(4),
        }
        self._mission_number = {mission: number for number, mission in enumerate(layouts.missions)}
        if len(layouts.missions) > 1:
            parts["mission"] = gym.spaces.Discrete(len(layouts.missions))
        self.single_observation_space = gym.spaces.Dict(parts)
        self.single_action_space = one.action_space
        self.observation_space = gym.vector.utils.batch_space(self.single_observation_space, self.num_envs)
        self.action_space = gym.vector.utils.batch_space(self.single_action_space, self.num_envs)

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
        """Begin an episode in every slot; `seed` gives the slots new streams (slot i: seed + i, or its own)."""
        if seed is not None:
            given = [seed + i for i in range(self.num_envs)] if isinstance(seed, int) else list(seed)
            if len(given) != self.num_envs:
                raise BadInput(f"{len(given)} seeds for {self.num_envs} environments: give one each.")
            for slot, value in enumerate(given):
                if value is not None:
                    self._seeds[slot], self._episodes[slot] = value, 0
        observations = [self._begin(slot) for slot in range(self.num_envs)]
        return self._batch(observations), self._keys("state_key")

    def step(self, actions: npt.NDArray[Any]) -> Outcome:
        """One step in every slot; `info["final_obs"]` has the last observations of the slots that ended."""
        reward = np.zeros(self.num_envs)
        terminated = np.zeros(self.num_envs, dtype=bool)
        truncated = np.zeros(self.num_envs, dtype=bool)
        observations = []
        for slot, env in enumerate(self._envs):
            observation, paid, terminated[slot], truncated[slot], _ = env.step(int(actions[slot]))
            reward[slot] = float(paid)
            observations.append(observation)
        ended = terminated | truncated
        info: dict[str, Any] = {"success": terminated & (reward > 0), "_success": np.ones(self.num_envs, dtype=bool)}
        if ended.any():
            info["final_obs"] = self._batch(observations)
            info["_final_obs"] = ended
            info |= self._keys("final_state_key")
            for ended_slot in np.flatnonzero(ended).tolist():
                observations[ended_slot] = self._begin(ended_slot)
        return self._batch(observations), reward, terminated, truncated, info | self._keys("state_key")

    def close_extras(self, **kwargs: Any) -> None:
        """Close every environment."""
        for env in self._envs:
            env.close()

    def _begin(self, slot: int) -> dict[str, Any]:
        index = layout_index(self._seeds[slot], self._episodes[slot], len(self._layouts))
        self._episodes[slot] += 1
        observation: dict[str, Any] = self._envs[slot].reset(seed=int(self._layouts.seeds[index]))[0]
        return observation

    def _batch(self, observations: list[dict[str, Any]]) -> dict[str, npt.NDArray[Any]]:
        batch = {
            "image": np.stack([o["image"] for o in observations]),
            "direction": np.array([o["direction"] for o in observations], dtype=np.int64),
        }
        if len(self._mission_number) > 1:
            batch["mission"] = np.array([self._mission_number[o["mission"]] for o in observations], dtype=np.int64)
        return batch

    def _keys(self, name: str) -> dict[str, npt.NDArray[np.int64]]:
        """The exact full state of every slot as a 64-bit hash, where it was asked for."""
        if not self._with_key:
            return {}
        return {name: np.array([_state_key(env) for env in self._envs], dtype=np.int64)}


def _bare(maze: str) -> MiniGridEnv:
    env = gym.make(maze).unwrapped
    assert isinstance(env, MiniGridEnv)
    return env


def _state_key(env: MiniGridEnv) -> int:
    hidden = hidden_contents(env)
    carried = env.carrying.encode() if env.carrying else None
    agent = (int(env.agent_pos[0]), int(env.agent_pos[1]), int(env.agent_dir), carried, env.mission)
    told = env.grid.encode().tobytes() + repr((hidden, agent)).encode()
    return int.from_bytes(hashlib.blake2b(told, digest_size=8).digest(), "little", signed=True)
