"""Real MiniGrid behind the interface of the compiled engine: slower by a factor of hundreds, and its reference."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from minigrid.minigrid_env import MiniGridEnv
from minigrid.wrappers import FullyObsWrapper

from agents.mazes.layouts.layouts import Layouts, bare, hidden_contents, layout_index
from agents.mazes.vector import Flags, Mazes, Observation, Outcome


class RealMazes(Mazes):
    """Mazes on real MiniGrid; see `Mazes`. `envs` are the environments."""

    compiled = False

    def __init__(
        self,
        layouts: Layouts,
        seeds: Sequence[int],
        state_key: bool = False,
        view: str = "partial",
        reward_scale: float = 1.0,
    ) -> None:
        super().__init__(layouts, seeds, state_key, view, reward_scale)
        self.envs = [bare(layouts.maze) for _ in seeds]
        self._fully = [FullyObsWrapper(env) for env in self.envs] if self.full else []
        self._observations: list[dict[str, Any]] = [{} for _ in seeds]  # what each slot sees
        self._mission_number = {mission: number for number, mission in enumerate(layouts.missions)}

    def begin(self, which: Flags) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode in the slots `which`; what all slots see."""
        for slot in np.flatnonzero(which).tolist():
            self._observations[slot] = self._begin(slot)
        return self.batch(self._observations), self._keys()

    def step(self, actions: npt.ArrayLike) -> Outcome:
        """One step in every slot; `info["final_obs"]` has the last observations of the slots that ended."""
        reward = np.zeros(self.num_envs)
        terminated = np.zeros(self.num_envs, dtype=bool)
        truncated = np.zeros(self.num_envs, dtype=bool)
        success, bad = np.zeros(self.num_envs, dtype=bool), np.zeros(self.num_envs, dtype=bool)
        observations = []
        for slot, (env, action) in enumerate(zip(self.envs, self.checked(actions).tolist(), strict=True)):
            observation, paid, terminated[slot], truncated[slot], told = env.step(action)
            reward[slot] = float(paid)
            success[slot] = told.get("success", terminated[slot] and reward[slot] > 0)
            bad[slot] = told.get("bad_episode", False)
            if self.visits.shape[1]:
                self.visits[slot, env.agent_pos[0] * env.height + env.agent_pos[1]] += 1
            observations.append(self._seen(slot, observation))
        ended = terminated | truncated
        info = self.reported(success, bad)
        if ended.any():
            info |= self.ended(self.batch(observations), info, self._keys(), ended)
            for ended_slot in np.flatnonzero(ended).tolist():
                observations[ended_slot] = self._begin(ended_slot)
        reward *= self.reward_scale
        self._observations = observations
        return self.batch(observations), reward, terminated, truncated, info | self._keys()

    def close_extras(self, **kwargs: Any) -> None:
        """Close every environment."""
        for env in self.envs:
            env.close()

    def _begin(self, slot: int) -> dict[str, Any]:
        index = layout_index(self.slot_seeds[slot], self.episodes[slot], len(self.layouts))
        self.episodes[slot] += 1
        observation: dict[str, Any] = self.envs[slot].reset(seed=int(self.layouts.seeds[index]))[0]
        return self._seen(slot, observation)

    def _seen(self, slot: int, observation: dict[str, Any]) -> dict[str, Any]:
        """The observation with the view that was asked for."""
        return self._fully[slot].observation(observation) if self._fully else observation

    def batch(self, observations: list[dict[str, Any]]) -> Observation:
        """Observations of real environments as a batch, the mission by its number."""
        batch: Observation = {
            "image": np.stack([o["image"] for o in observations]),
            "direction": np.array([o["direction"] for o in observations], dtype=np.int64),
        }
        if len(self._mission_number) > 1:
            batch["mission"] = np.array([self._mission_number[o["mission"]] for o in observations], dtype=np.int64)
        return batch

    def _keys(self) -> dict[str, npt.NDArray[np.int64]]:
        """The full state of every slot as a 64-bit hash, where it was asked for."""
        if not self.with_key:
            return {}
        return {"state_key": np.array([_state_key(env) for env in self.envs], dtype=np.int64)}


def _state_key(env: MiniGridEnv) -> int:
    carried = (env.carrying.encode(), getattr(env.carrying, "contains", None)) if env.carrying else None
    agent = (int(env.agent_pos[0]), int(env.agent_pos[1]), int(env.agent_dir), carried, env.mission)
    told = env.grid.encode().tobytes() + repr((hidden_contents(env), agent)).encode()
    return int.from_bytes(hashlib.blake2b(told, digest_size=8).digest(), "little", signed=True)
