"""Lockstep: compares the compiled engine with real MiniGrid, on the same layouts with the same actions.

    agents.lockstep.random_play("MiniGrid-DoorKey-8x8-v0", steps=1000).difference  # None: no difference
    agents.lockstep.verify("MiniGrid-DoorKey-8x8-v0").failure                      # None: none in planned play either

It shows whether a maze, your own included, runs compiled exactly as on real MiniGrid.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from agents.mazes.engine.moves import DEEP_SEA
from agents.mazes.engine.schedule import layout_index
from agents.mazes.factory import make
from agents.mazes.layouts.layouts import Layouts
from agents.mazes.layouts.named_sets import layouts as named_layouts
from agents.mazes.traps.lookup import facts
from agents.mazes.vector import Mazes
from agents.planners.chance import is_certain
from agents.planners.planning import plan
from agents.planners.plans import Plan

WALK = np.array([0.15, 0.15, 0.4, 0.1, 0.05, 0.12, 0.03])  # chances of the actions, for play that gets somewhere
SIGNALS = ("reward", "terminated", "truncated")
REPORTS = ("success", "bad_episode")
BUDGET, TRIES = 2_000_000, 5  # simulated steps of a search, and how many searches before a layout is given up


@dataclass(frozen=True)
class Comparison:
    """What was compared: environment steps, episodes that ended, and how many of them reached their goal.

    difference: the first thing that was not equal to the last bit; None where everything was.
    """

    steps: int
    episodes: int
    successes: int
    difference: str | None


@dataclass(frozen=True)
class Verification:
    """The long comparison of one maze: random play, and the plans of some layouts.

    must_succeed: whether a plan was found that must reach the goal; not where the reward's optimum lies elsewhere, as
    in the boat race, nor where the goal is a matter of luck, as in the stochastic sea. methods: the plans' planners.
    """

    random: Comparison
    planned: tuple[Comparison, ...]
    must_succeed: bool
    methods: tuple[str, ...]

    @property
    def reached(self) -> int:
        """How many of the plans reached the goal."""
        return sum(comparison.successes for comparison in self.planned)

    @property
    def failure(self) -> str | None:
        """The first difference, or that plans fail which must not; None where everything is as it should be."""
        for comparison in (self.random, *self.planned):
            if comparison.difference is not None:
                return comparison.difference
        return f"none of {len(self.planned)} plans reached the goal" if self.must_succeed and not self.reached else None


def verify(maze: str, *, steps: int = 1000, slots: int = 8, plans: int = 5) -> Verification:
    """`steps` steps of random play in each slot, then the planner's actions on the layouts of `plans` seeds.

    BadInput where the maze cannot be compiled.
    """
    random = random_play(maze, steps, slots=slots)
    train = named_layouts(maze, "train")
    best = [_best_plan(train, layout_index(seed, 0, len(train))) for seed in range(plans)]
    planned = tuple(play(maze, each.actions.tolist(), seed=seed) for seed, each in enumerate(best))
    must_succeed = any(each.value > 0 for each in best) and _plans_succeed(train)
    return Verification(random, planned, must_succeed, tuple(sorted({each.method for each in best})))


def _plans_succeed(layouts: Layouts) -> bool:
    trap = facts(layouts.maze)
    misleading = trap is not None and trap.local_score > trap.global_score
    return not misleading and (layouts.rules.rule != DEEP_SEA or is_certain(layouts))


def _best_plan(layouts: Layouts, index: int) -> Plan:
    """A plan; where it is of a search that earned nothing, that of another seed."""
    best = plan(layouts, index, budget=BUDGET)
    for seed in range(1, TRIES):
        if best.value > 0:
            break
        best = plan(layouts, index, method="tree-search", budget=BUDGET, seed=seed)
    return best


def random_play(
    maze: str, steps: int, *, slots: int = 4, seed: int = 0, layouts: str | Sequence[int] | Layouts = "train"
) -> Comparison:
    """`steps` steps of random play in each slot, every second one uniform and the others mostly walking.

    layouts: as for `agents.mazes.make`. BadInput where the maze cannot be compiled.
    """
    compiled, real = (make(maze, slots, seed=seed, layouts=layouts, backend=kind) for kind in ("compiled", "real"))
    random, count = np.random.default_rng(seed), compiled.layouts.actions
    chances = WALK[:count] / WALK[:count].sum()
    return compare(
        compiled, real, (random.choice(count, size=slots, p=chances if step % 2 else None) for step in range(steps))
    )


def play(maze: str, actions: Iterable[int], *, seed: int) -> Comparison:
    """These actions in one slot with this seed, such as a planner's."""
    compiled, real = (make(maze, 1, seed=seed, backend=kind) for kind in ("compiled", "real"))
    return compare(compiled, real, (np.array([action]) for action in actions))


def compare(compiled: Mazes, real: Mazes, actions: Iterable[npt.NDArray[np.int64]]) -> Comparison:
    """Reset both and play the same actions, `(slots,)` each, until something differs."""
    steps = episodes = successes = 0
    difference = _difference("reset: ", compiled.reset()[0], real.reset()[0])
    for row in actions:
        if difference is not None:
            break
        observation, *signals, info = compiled.step(row)
        real_observation, *real_signals, real_info = real.step(row)
        steps, where = steps + len(row), f"step {steps // len(row) + 1}: "
        difference = _difference(where, observation, real_observation)
        difference = difference or _difference(where, _by_name(signals), _by_name(real_signals))
        difference = difference or _difference(where, _final(info), _final(real_info))
        episodes += int((signals[1] | signals[2]).sum())
        successes += int(info["success"].sum())
    return Comparison(steps, episodes, successes, difference)


def _by_name(signals: list[npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    return dict(zip(SIGNALS, signals, strict=True))


def _final(info: dict[str, Any]) -> dict[str, npt.NDArray[Any]]:
    """The reports of the step, and the last observations of the slots that ended."""
    parts: dict[str, npt.NDArray[Any]] = {name: info[name] for name in REPORTS if name in info}
    if "final_obs" in info:
        parts["ended"] = info["_final_obs"]
        for slot in np.flatnonzero(info["_final_obs"]).tolist():
            for name, value in info["final_obs"][slot].items():
                parts[f"final {name} of slot {slot}"] = np.asarray(value)
    return parts


def _difference(where: str, ours: dict[str, Any], theirs: dict[str, Any]) -> str | None:
    """The first difference between two sets of named arrays."""
    if ours.keys() != theirs.keys():
        return f"{where}{sorted(ours)} against {sorted(theirs)}"
    for name in ours:
        if ours[name].dtype != theirs[name].dtype:
            return f"{where}{name} is {ours[name].dtype} against {theirs[name].dtype}"
        if not np.array_equal(ours[name], theirs[name]):
            place = np.argwhere(ours[name] != theirs[name])[0].tolist()
            return f"{where}{name}{place} is {ours[name][*place]} against {theirs[name][*place]}"
    return None
