"""Planners for comparison with the agents: the return of methods that know the model, with a budget of simulated steps.

A planner plans each layout for itself; it gets, for each of them, as many simulated steps as a learner takes in all of
its training. They plan the first `LAYOUTS` training layouts, which are a random sample. The results are stored, so that
a resumed run does not plan again.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import joblib
import numpy as np

from agents import planners
from agents.mazes import parse_maze
from agents.mazes.layouts.named_sets import layouts
from escapade.runs.plan import Plan
from escapade.runs.store import Store
from explore.errors import BadInput, unknown

LAYOUTS = 20
KEY = "planners"  # of the store's meta table


def checked_planners(methods: Sequence[str], mazes: Sequence[str]) -> tuple[str, ...]:
    """The methods, each once; BadInput for one that is unknown, and for mazes in which nothing can be planned."""
    for method in methods:
        if method not in planners.METHODS:
            raise unknown("planner", method, planners.METHODS)
    for maze in mazes if methods else ():
        layout_set = layouts(maze, "train")  # BadInput where it is no maze
        if layout_set.why_not is not None:
            raise BadInput(f"{maze} cannot be planned in, as it runs on real MiniGrid: {layout_set.why_not}.")
    return tuple(dict.fromkeys(methods))


def run_planners(plan: Plan, store: Store) -> list[dict[str, Any]]:
    """The figures of every planner in every maze of a plan, from the store where they are kept.

    One dictionary each, of JSON values: maze, method, budget, seed, layouts (how many), return (mean over layouts, in
    the reward of the maze's settings), simulated and seconds (means per layout), and problem (None, or why the method
    has no figures in this maze).
    """
    kept = kept_planners(store)
    everything = list(kept)
    for maze in plan.mazes:
        for method in plan.planners:
            identity = {"maze": maze, "method": method, "budget": plan.steps, "seed": plan.seed}
            if not any(identity.items() <= entry.items() for entry in kept):
                everything.append(identity | _figures(maze, method, plan.steps, plan.seed))
    if everything != kept:
        store.remember(KEY, everything)
    return everything


def kept_planners(store: Store) -> list[dict[str, Any]]:
    """What `run_planners` has kept in a store; empty where it has kept nothing."""
    figures: list[dict[str, Any]] = store.recall(KEY) or []
    return figures


def _figures(maze: str, method: str, budget: int, seed: int) -> dict[str, Any]:
    train = layouts(maze, "train")
    count = min(LAYOUTS, len(train))

    def one(index: int) -> planners.Plan:
        return planners.plan(train, index, method=method, budget=budget, seed=seed)

    pool = ThreadPoolExecutor(joblib.cpu_count())  # a search lets go of the interpreter's lock
    try:
        plans = list(pool.map(one, range(count)))
    except BadInput as error:
        return {"layouts": count, "return": None, "simulated": None, "seconds": None, "problem": str(error)}
    finally:
        pool.shutdown(cancel_futures=True)
    mean = {name: float(np.mean([getattr(each, name) for each in plans])) for name in ("value", "simulated", "seconds")}
    return {
        "layouts": count,
        "return": parse_maze(maze).reward_scale * mean["value"],
        "simulated": mean["simulated"],
        "seconds": mean["seconds"],
        "problem": None,
    }
