"""The compiled engine: MiniGrid's step and view for many environments in one kernel.

    envs = agents.mazes.make("MiniGrid-DoorKey-8x8-v0", 1024)

Everything about a slot lies in arrays (`moves`), and a step of all slots is one loop: act, look, and where the
episode ended, look at the end and begin the next layout. Planners use the same arrays: `state` gives a copy of them,
`set_state` puts one back.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from agents.mazes.engine.codes import Codes
from agents.mazes.engine.dynamics import act, reached
from agents.mazes.engine.keys import state_key
from agents.mazes.engine.moves import BAD, DIRECTION, STEPS, Numbers, Random, X, Y
from agents.mazes.engine.view import Image, Sweeps, look, overlook, sweeps
from agents.mazes.layouts.layouts import Layouts, layout_index
from agents.mazes.vector import Flags, Mazes, Observation, Outcome
from explore.numerics.compiled import compiled, kernel_part

Integers = npt.NDArray[np.int64]


class Worlds(NamedTuple):
    """Full states, `(slots, …)` or `(layouts, …)` each; what the columns are is said in `moves`."""

    cells: Codes
    inside: Codes
    agent: Numbers
    task: Numbers
    random: Random

    def copy(self) -> "Worlds":
        """States of their own."""
        return Worlds(self.cells.copy(), self.inside.copy(), self.agent.copy(), self.task.copy(), self.random.copy())


class State(NamedTuple):
    """The full state of every slot, and which layout each plays, `(slots,)`."""

    worlds: Worlds
    layout: Integers


def layouts_of(start: Worlds, chosen: Integers) -> Worlds:
    """Some of the layouts, as states of their own."""
    return Worlds(
        start.cells[chosen], start.inside[chosen], start.agent[chosen], start.task[chosen], start.random[chosen]
    )


class CompiledMazes(Mazes):
    """Mazes on the engine; see `Mazes`."""

    compiled = True

    def __init__(
        self,
        layouts: Layouts,
        seeds: Sequence[int],
        state_key: bool = False,
        view: str = "partial",
        reward_scale: float = 1.0,
    ) -> None:
        super().__init__(layouts, seeds, state_key, view, reward_scale)
        self._table = sweeps(layouts.view)
        self._several = len(layouts.missions) > 1
        self._start = Worlds(layouts.cells, layouts.inside, layouts.agent, layouts.task, layouts.random)
        self._now = layouts_of(self._start, np.zeros(self.num_envs, dtype=np.int64))
        self._layout = np.zeros(self.num_envs, dtype=np.int64)

    def begin(self, which: Flags) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode in the slots `which`; what all slots see."""
        _begin_some(self._start, self._now, self._layout, self.slot_seeds, self.episodes, which)
        image = np.empty(self._image_shape(), dtype=np.uint8)
        _look_all(self._now, self.full, self.layouts.height, self.layouts.through, self._table, image)
        return self._observation(image, self._now.agent[:, DIRECTION], self._layout), self._keys()

    def step(self, actions: npt.ArrayLike) -> Outcome:
        """One step in every slot; `info["final_obs"]` has the last observations of the slots that ended."""
        chosen, slots = self.checked(actions), self.num_envs
        image, final = np.empty(self._image_shape(), dtype=np.uint8), np.empty(self._image_shape(), dtype=np.uint8)
        reward, terminated, truncated = np.zeros(slots), np.zeros(slots, dtype=bool), np.zeros(slots, dtype=bool)
        success, bad = np.zeros(slots, dtype=bool), np.zeros(slots, dtype=bool)
        final_direction, final_layout = np.zeros(slots, dtype=np.int64), self._layout.copy()
        final_key = np.zeros(slots if self.with_key else 0, dtype=np.int64)
        kept = self.layouts
        any_ended = _step_all(
            self._start,
            self._now,
            self._layout,
            self.slot_seeds,
            self.episodes,
            kept.rule,
            kept.height,
            kept.limit,
            self.full,
            kept.through,
            self._table,
            chosen,
            reward,
            terminated,
            truncated,
            success,
            bad,
            image,
            final,
            final_direction,
            final_key,
            kept.mission,
            self.visits,
        )
        info = self.reported(success, bad)
        reward *= self.reward_scale
        if any_ended:
            last = self._observation(final, final_direction, final_layout)
            key = {"state_key": final_key} if self.with_key else {}
            info |= self.ended(last, info, key, terminated | truncated)
        info |= self._keys()
        seen = self._observation(image, self._now.agent[:, DIRECTION], self._layout)
        return seen, reward, terminated, truncated, info

    def state(self) -> State:
        """A copy of the full state of every slot."""
        return State(self._now.copy(), self._layout.copy())

    def set_state(self, state: State) -> None:
        """Go on from a state that `state` gave."""
        self.begun = True
        self._now, self._layout = state.worlds.copy(), state.layout.copy()

    def _image_shape(self) -> tuple[int, ...]:
        return self.num_envs, *self.image_shape

    def _observation(self, image: Image, direction: npt.NDArray[Any], layout: Integers) -> Observation:
        seen: Observation = {"image": image, "direction": direction.astype(np.int64)}
        if self._several:
            seen["mission"] = self.layouts.mission[layout]
        return seen

    def _keys(self) -> dict[str, Any]:
        if not self.with_key:
            return {}
        found = np.empty(self.num_envs, dtype=np.int64)
        _keys_all(self.layouts.rule, self._now, self._layout, self.layouts.mission, found)
        return {"state_key": found}


@kernel_part
def _begin(start: Worlds, now: Worlds, layout: Integers, seeds: Integers, episodes: Integers, slot: int) -> None:
    """Put the slot's next layout in its place."""
    chosen = layout_index(seeds[slot], episodes[slot], len(start.cells))
    episodes[slot] += 1
    layout[slot] = chosen
    now.cells[slot], now.inside[slot], now.agent[slot] = start.cells[chosen], start.inside[chosen], start.agent[chosen]
    now.task[slot], now.random[slot] = start.task[chosen], start.random[chosen]


@kernel_part
def _key(rule: int, now: Worlds, layout: Integers, mission: Integers, slot: int) -> int:
    return state_key(
        rule,
        now.cells[slot],
        now.inside[slot],
        now.agent[slot],
        now.task[slot],
        now.random[slot],
        mission[layout[slot]],
    )


@kernel_part
def _see(cells: Codes, agent: Numbers, full: bool, height: int, through: bool, table: Sweeps, image: Image) -> None:
    if full:
        overlook(cells, agent, height, image)
    else:
        look(cells, agent, height, through, table, image)


@compiled
def _begin_some(
    start: Worlds, now: Worlds, layout: Integers, seeds: Integers, episodes: Integers, which: Flags
) -> None:
    for slot in range(len(which)):
        if which[slot]:
            _begin(start, now, layout, seeds, episodes, slot)


@compiled
def _look_all(now: Worlds, full: bool, height: int, through: bool, table: Sweeps, image: Image) -> None:
    for slot in range(len(image)):
        _see(now.cells[slot], now.agent[slot], full, height, through, table, image[slot])


@compiled
def _keys_all(rule: int, now: Worlds, layout: Integers, mission: Integers, found: Integers) -> None:
    for slot in range(len(found)):
        found[slot] = _key(rule, now, layout, mission, slot)


@compiled
def _step_all(
    start: Worlds,
    now: Worlds,
    layout: Integers,
    seeds: Integers,
    episodes: Integers,
    rule: int,
    height: int,
    limit: int,
    full: bool,
    through: bool,
    table: Sweeps,
    actions: Integers,
    reward: npt.NDArray[np.float64],
    terminated: Flags,
    truncated: Flags,
    success: Flags,
    bad: Flags,
    image: Image,
    final: Image,
    final_direction: Integers,
    final_key: Integers,
    mission: Integers,
    visits: Integers,
) -> bool:
    """One step of every slot; whether any episode ended. `visits` has no columns where nobody counts."""
    any_ended = False
    for slot in range(len(actions)):
        cells, agent = now.cells[slot], now.agent[slot]
        paid, over = act(
            rule, cells, now.inside[slot], agent, now.task[slot], now.random[slot], height, limit, actions[slot]
        )
        reward[slot], terminated[slot] = paid, over
        success[slot], bad[slot] = reached(rule, now.task[slot], paid, over), now.task[slot, BAD] != 0
        truncated[slot] = agent[STEPS] >= limit
        if visits.shape[1]:
            visits[slot, agent[X] * height + agent[Y]] += 1
        if over or truncated[slot]:
            any_ended = True
            _see(cells, agent, full, height, through, table, final[slot])
            final_direction[slot] = agent[DIRECTION]
            if len(final_key):
                final_key[slot] = _key(rule, now, layout, mission, slot)
            _begin(start, now, layout, seeds, episodes, slot)
        _see(cells, agent, full, height, through, table, image[slot])
    return any_ended
