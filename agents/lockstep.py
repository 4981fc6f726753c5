"""Lockstep: the engine and real MiniGrid side by side, on the same layouts with the same actions.

    agents.lockstep.random_play("MiniGrid-DoorKey-8x8-v0", steps=1000).difference  # None: not one bit
    agents.lockstep.proof("MiniGrid-DoorKey-8x8-v0").failure                       # None: planned play too

For anyone who wants to see that a maze, perhaps a class of their own, runs compiled as it runs on real MiniGrid.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from agents.mazes import Mazes, make
from agents.mazes.engine.moves import DEEP_SEA
from agents.mazes.layouts.layouts import Layouts, layout_index, layouts
from agents.mazes.traps import facts
from agents.planners import Plan, plan
from agents.planners.chance import is_certain

WALK = np.array([0.15, 0.15, 0.4, 0.1, 0.05, 0.12, 0.03])  # a random player that gets somewhere
SIGNALS = ("reward", "terminated", "truncated")
REPORTS = ("success", "bad_episode")
BUDGET, TRIES = 2_000_000, 5  # simulated steps of a search, and how many searches before a layout is given up


@dataclass(frozen=True)
class Lockstep:
    """What was compared: environment steps, episodes that ended, and how many of them reached their goal.

    difference: the first thing that was not equal to the last bit; None where everything was.
    """

    steps: int
    episodes: int
    successes: int
    difference: str | None


@dataclass(frozen=True)
class Proof:
    """The long comparison of one maze: random play, and the plans of some layouts.

    promised: whether a plan was found that must reach the goal; not where the reward's optimum lies elsewhere, as in
    the boat race, nor where the goal is a matter of luck, as in the stochastic sea. methods: the plans' planners.
    """

    random: Lockstep
    planned: tuple[Lockstep, ...]
    promised: bool
    methods: tuple[str, ...]

    @property
    def reached(self) -> int:
        """How many of the plans reached the goal."""
        return sum(way.successes for way in self.planned)

    @property
    def failure(self) -> str | None:
        """The first difference, or that plans fail which must not; None where everything is as it should be."""
        found = [way.difference for way in (self.random, *self.planned) if way.difference is not None]
        if found:
            return found[0]
        return f"none of {len(self.planned)} plans reached the goal" if self.promised and not self.reached else None


def proof(maze: str, *, steps: int = 1000, slots: int = 8, plans: int = 5) -> Proof:
    """`steps` steps of random play in each slot, then the planner's actions on the layouts of `plans` seeds.

    BadInput where the maze cannot be compiled.
    """
    found = random_play(maze, steps, slots=slots)
    kept = layouts(maze, "train")
    made = [_good_plan(kept, layout_index(seed, 0, len(kept))) for seed in range(plans)]
    ways = tuple(played(maze, each.actions.tolist(), seed=seed) for seed, each in enumerate(made))
    promised = any(each.value > 0 for each in made) and _plans_succeed(kept)
    return Proof(found, ways, promised, tuple(sorted({each.method for each in made})))


def _plans_succeed(maze: Layouts) -> bool:
    told = facts(maze.maze)
    tempted = told is not None and told.local_score > told.global_score
    return not tempted and (maze.rule != DEEP_SEA or is_certain(maze))


def _good_plan(maze: Layouts, index: int) -> Plan:
    """A plan, and where it is of a search that found nothing, that of another seed."""
    found = plan(maze, index, budget=BUDGET)
    for seed in range(1, TRIES):
        if found.value > 0:
            break
        found = plan(maze, index, method="tree-search", budget=BUDGET, seed=seed)
    return found


def random_play(
    maze: str, steps: int, *, slots: int = 4, seed: int = 0, layouts: str | Sequence[int] | Layouts = "train"
) -> Lockstep:
    """`steps` steps of random play in each slot, every second one uniform and the others mostly walking.

    layouts: as for `agents.mazes.make`. BadInput where the maze cannot be compiled.
    """
    ours, theirs = (make(maze, slots, seed=seed, layouts=layouts, backend=kind) for kind in ("compiled", "real"))
    random, count = np.random.default_rng(seed), ours.layouts.actions
    chances = WALK[:count] / WALK[:count].sum()
    return compare(
        ours, theirs, (random.choice(count, size=slots, p=chances if step % 2 else None) for step in range(steps))
    )


def played(maze: str, actions: Iterable[int], *, seed: int) -> Lockstep:
    """These actions in one slot with this seed, such as a planner's."""
    ours, theirs = (make(maze, 1, seed=seed, backend=kind) for kind in ("compiled", "real"))
    return compare(ours, theirs, (np.array([action]) for action in actions))


def compare(ours: Mazes, theirs: Mazes, actions: Iterable[npt.NDArray[np.int64]]) -> Lockstep:
    """Reset both and play the same actions, `(slots,)` each, until something differs."""
    steps = episodes = successes = 0
    difference = _between("reset: ", ours.reset()[0], theirs.reset()[0])
    for chosen in actions:
        if difference is not None:
            break
        seen, *signals, info = ours.step(chosen)
        expected, *wanted, told = theirs.step(chosen)
        steps, where = steps + len(chosen), f"step {steps // len(chosen) + 1}: "
        difference = _between(where, seen, expected)
        difference = difference or _between(where, _named(signals), _named(wanted))
        difference = difference or _between(where, _final(info), _final(told))
        episodes += int((signals[1] | signals[2]).sum())
        successes += int(info["success"].sum())
    return Lockstep(steps, episodes, successes, difference)


def _named(signals: list[npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    return dict(zip(SIGNALS, signals, strict=True))


def _final(info: dict[str, Any]) -> dict[str, npt.NDArray[Any]]:
    """What is told of the slots that ended; elsewhere the final observation means nothing."""
    found: dict[str, npt.NDArray[Any]] = {name: info[name] for name in REPORTS if name in info}
    if "final_obs" in info:
        ended = found["ended"] = info["_final_obs"]
        found |= {f"final {name}": part[ended] for name, part in info["final_obs"].items()}
    return found


def _between(where: str, ours: dict[str, Any], theirs: dict[str, Any]) -> str | None:
    if ours.keys() != theirs.keys():
        return f"{where}{sorted(ours)} against {sorted(theirs)}"
    for name in ours:
        if ours[name].dtype != theirs[name].dtype:
            return f"{where}{name} is {ours[name].dtype} against {theirs[name].dtype}"
        if not np.array_equal(ours[name], theirs[name]):
            place = np.argwhere(ours[name] != theirs[name])[0].tolist()
            return f"{where}{name}{place} is {ours[name][*place]} against {theirs[name][*place]}"
    return None
