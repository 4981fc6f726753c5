"""Real MiniGrid behind the interface of the compiled engine: slower by a factor of hundreds, and its reference."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from minigrid.minigrid_env import MiniGridEnv

from agents.mazes.engine.schedule import layout_index
from agents.mazes.environment import real_maze
from agents.mazes.layouts.layouts import Layouts
from agents.mazes.layouts.packing import hidden_contents
from agents.mazes.vector import Flags, Mazes, Observation, Outcome
from explore.errors import BadInput


class RealMazes(Mazes):
    """Mazes on real MiniGrid; see `Mazes`.

    `envs` are the environments, each in the wrappers of its time limit and its view. render_mode: "rgb_array" for
    pictures from `render`. BadInput for the full view of a maze whose size depends on the layout.
    """

    compiled = False

    def __init__(
        self,
        layouts: Layouts,
        seeds: Sequence[int],
        state_key: bool = False,
        view: str | None = None,
        reward_scale: float = 1.0,
        render_mode: str | None = None,
    ) -> None:
        super().__init__(layouts, seeds, state_key, view, reward_scale)
        mazes = [real_maze(layouts.spec) for _ in seeds]
        self.envs = [maze.wrapped(self.full) for maze in mazes]
        self.mazes: list[MiniGridEnv] = [maze.env for maze in mazes]
        self.time_limit = mazes[0].time_limit if mazes else None  # Gymnasium's, which may be shorter than the maze's
        self.render_mode = render_mode
        for env in self.mazes:
            env.render_mode = render_mode
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
        terminated, truncated, success, bad_episode = (np.zeros(self.num_envs, dtype=bool) for _ in range(4))
        observations = []
        for slot, (env, action) in enumerate(zip(self.envs, self.checked(actions).tolist(), strict=True)):
            observation, paid, terminated[slot], truncated[slot], slot_info = env.step(action)
            reward[slot] = float(paid)
            success[slot] = slot_info.get("success", terminated[slot] and reward[slot] > 0)
            bad_episode[slot] = slot_info.get("bad_episode", False)
            if self.visits.shape[1]:
                x, y = self.mazes[slot].agent_pos
                self.visits[slot, x * self.layouts.height + y] += 1
            observations.append(observation)
        ended = terminated | truncated
        info = self.reported(success, bad_episode)
        if ended.any():
            info |= self.ended(self.batch(observations), info, self._keys(), ended)
            for ended_slot in np.flatnonzero(ended).tolist():
                observations[ended_slot] = self._begin(ended_slot)
        self._observations = observations
        return self.batch(observations), reward * self.reward_scale, terminated, truncated, info | self._keys()

    def render(self) -> tuple[npt.NDArray[np.uint8], ...]:
        """What each slot shows now, RGB `(height, width, 3)` each, by MiniGrid's own renderer."""
        if self.render_mode is None:
            return super().render()
        return tuple(np.asarray(env.render(), dtype=np.uint8) for env in self.mazes)

    def close_extras(self, **kwargs: Any) -> None:
        """Close every environment."""
        for env in self.envs:
            env.close()

    def batch(self, observations: list[dict[str, Any]]) -> Observation:
        """Observations of real environments as a batch, the mission by its number."""
        images = [observation["image"] for observation in observations]
        if any(image.shape != self.image_shape for image in images):
            raise BadInput(
                f"the full view of {self.layouts.maze}, whose size depends on the layout: use the partial one."
            )
        batch: Observation = {
            "image": np.stack(images),
            "direction": np.array([observation["direction"] for observation in observations], dtype=np.int64),
        }
        if len(self._mission_number) > 1:
            numbers = [self._mission_number[observation["mission"]] for observation in observations]
            batch["mission"] = np.array(numbers, dtype=np.int64)
        return batch

    def _begin(self, slot: int) -> dict[str, Any]:
        index = layout_index(self.slot_seeds[slot], self.episodes[slot], len(self.layouts))
        self.episodes[slot] += 1
        observation: dict[str, Any] = self.envs[slot].reset(seed=int(self.layouts.seeds[index]))[0]
        return observation

    def _keys(self) -> dict[str, npt.NDArray[np.int64]]:
        """The full state of every slot as a 64-bit hash, where it was asked for."""
        if not self.with_key:
            return {}
        return {"state_key": np.array([_state_key(env) for env in self.mazes], dtype=np.int64)}


def _state_key(env: MiniGridEnv) -> int:
    carried = (env.carrying.encode(), getattr(env.carrying, "contains", None)) if env.carrying else None
    agent = (int(env.agent_pos[0]), int(env.agent_pos[1]), int(env.agent_dir), carried, env.mission)
    state = env.grid.encode().tobytes() + repr((hidden_contents(env), agent)).encode()
    return int.from_bytes(hashlib.blake2b(state, digest_size=8).digest(), "little", signed=True)
