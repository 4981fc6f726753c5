"""Mazes on the compiled engine: MiniGrid's step and view for many environments in one kernel.

    envs = agents.mazes.make("MiniGrid-DoorKey-8x8-v0", 1024)

Everything about a slot lies in arrays (`engine.world`), and a step of all slots is one loop (`engine.stepping`).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from agents.mazes.engine.stepping import Slots, begin_episodes, empty_results, observe_all, state_keys, step_all
from agents.mazes.engine.view import View, visibility_table
from agents.mazes.engine.world import DIRECTION, Integers, Worlds
from agents.mazes.layouts.layouts import Layouts
from agents.mazes.vector import Flags, Mazes, Observation, Outcome


class State(NamedTuple):
    """The full state of every slot, and which layout each plays, `(slots,)`."""

    worlds: Worlds
    layout: Integers

    def copy(self) -> "State":
        """The same state in arrays of its own."""
        return State(self.worlds.copy(), self.layout.copy())


class CompiledMazes(Mazes):
    """Mazes on the engine; see `Mazes`."""

    compiled = True

    def __init__(
        self,
        layouts: Layouts,
        seeds: Sequence[int],
        state_key: bool = False,
        view: str | None = None,
        reward_scale: float = 1.0,
    ) -> None:
        super().__init__(layouts, seeds, state_key, view, reward_scale)
        self._view = View(self.full, layouts.through_walls, visibility_table(layouts.view))
        first = np.zeros(self.num_envs, dtype=np.int64)
        self._state = State(layouts.worlds.rows(first), first)

    def begin(self, which: Flags) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode in the slots `which`; what all slots see."""
        begin_episodes(self.layouts.worlds, self._slots(), which)
        images = np.empty((self.num_envs, *self.image_shape), dtype=np.uint8)
        observe_all(self.layouts.rules, self._view, self._state.worlds, images)
        return self._observation(images, self._directions(), self._state.layout), self._keys()

    def step(self, actions: npt.ArrayLike) -> Outcome:
        """One step in every slot; `info["final_obs"]` has the last observations of the slots that ended."""
        checked = self.checked(actions)
        results = empty_results(self.num_envs, self.image_shape, self.with_key)
        played = self._state.layout.copy()
        any_ended = step_all(
            self.layouts.rules,
            self._view,
            self.layouts.worlds,
            self.layouts.mission,
            self._slots(),
            checked,
            results,
        )
        info = self.reported(results.success, results.went_wrong)
        if any_ended:
            final = self._observation(results.final_image, results.final_direction, played)
            keys = {"state_key": results.final_key} if self.with_key else {}
            info |= self.ended(final, info, keys, results.terminated | results.truncated)
        observation = self._observation(results.image, self._directions(), self._state.layout)
        reward = results.reward * self.reward_scale
        return observation, reward, results.terminated, results.truncated, info | self._keys()

    def state(self) -> State:
        """A copy of the full state of every slot."""
        return self._state.copy()

    def set_state(self, state: State) -> None:
        """Go on from a state that `state` gave."""
        self.begun = True
        self._state = state.copy()

    def _slots(self) -> Slots:
        return Slots(*self._state, self.slot_seeds, self.episodes, self.visits)

    def _directions(self) -> npt.NDArray[Any]:
        return self._state.worlds.agent[:, DIRECTION]

    def _observation(
        self, images: npt.NDArray[np.uint8], directions: npt.NDArray[Any], layout: Integers
    ) -> Observation:
        observation: Observation = {"image": images, "direction": directions.astype(np.int64)}
        if len(self.layouts.missions) > 1:
            observation["mission"] = self.layouts.mission[layout]
        return observation

    def _keys(self) -> dict[str, Any]:
        if not self.with_key:
            return {}
        keys = np.empty(self.num_envs, dtype=np.int64)
        state_keys(self.layouts.rules, self._slots(), self.layouts.mission, keys)
        return {"state_key": keys}
