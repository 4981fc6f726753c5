"""Plans for the layouts of a maze, by several methods.

    plan("MiniGrid-DoorKey-8x8-v0", 3).value              the largest return on layout 3
    plan(maze, 3, method="annealing", budget=50_000)      the return with 50,000 simulated steps

breadth-first    exact, where only success is rewarded and nothing is random
value-iteration  exact, for any rewards and random events, where the states fit into memory
rough            breadth-first over fewer states, where only success is rewarded: short paths in large mazes
tree-search      Monte-Carlo tree search within the budget of simulated steps
annealing        simulated annealing over action sequences within the budget
random           random play until the budget is spent; its value is the mean return
auto             the first exact one that is possible, then the rough one, then tree search

`optimum` is the normaliser of all scores: a score of 1 is the return of the exact planner.
"""

import numpy as np

from agents.mazes.layouts.layouts import Layouts
from agents.mazes.layouts.named_sets import layouts as named_layouts
from agents.mazes.maze_spec import parse_maze
from agents.planners.annealing import annealing
from agents.planners.breadth_first import short, shortest, success_alone_pays
from agents.planners.chance import is_certain
from agents.planners.plans import Plan
from agents.planners.random_play import random_play
from agents.planners.tree_search import tree_search
from agents.planners.value_iteration import expected_returns, value_iteration
from explore.errors import BadInput, unknown
from explore.numerics.seeding import checked_seed

BUDGET = 100_000  # simulated steps
SAMPLE = 100  # layouts over which the optimum of a maze is averaged

_WITH_BUDGET = {"tree-search": tree_search, "annealing": annealing, "random": random_play}
_WITHOUT_BUDGET = {"breadth-first": shortest, "rough": short, "value-iteration": value_iteration}
METHODS = ("auto", "breadth-first", "value-iteration", "rough", *_WITH_BUDGET)
"""The methods that `plan` knows; `auto` is the first exact one that can be had, then rough search, then tree search."""


def plan(maze: str | Layouts, index: int = 0, *, method: str = "auto", budget: int = BUDGET, seed: int = 0) -> Plan:
    """A plan for layout number `index` of a maze's training layouts, or of a set of layouts.

    maze: an id, with or without settings; the plan's value is in the maze's reward before it is multiplied by
    `reward_scale`. budget: simulated steps, for the methods that have one. seed: of the planner's own random streams.
    BadInput for an unknown method, maze or layout, a maze that does not run compiled, no budget, a wrong seed, and a
    method that does not suit the maze: the message says which does.
    """
    layouts = named_layouts(maze, "train") if isinstance(maze, str) else maze
    if method not in METHODS:
        raise unknown("planner", method, METHODS)
    if layouts.why_not is not None:
        raise BadInput(f"{layouts.maze} cannot be planned in, as it runs on real MiniGrid: {layouts.why_not}.")
    if not 0 <= index < len(layouts):
        raise BadInput(f"layout {index} of {layouts.maze}: there are {len(layouts)}, counted from 0.")
    if budget < 1:
        raise BadInput(f"a budget of {budget} simulated steps: at least 1 is needed.")
    seed = checked_seed(seed)
    if method in _WITH_BUDGET:
        return _WITH_BUDGET[method](layouts, index, budget, seed)
    if method == "auto":
        return exact(layouts, index) or short(layouts, index) or tree_search(layouts, index, budget, seed)
    return _complete_search(layouts, index, method)


def exact(layouts: Layouts, index: int) -> Plan | None:
    """The plan of the exact method that suits; None where there is no way to success, or too many states."""
    return shortest(layouts, index) if success_alone_pays(layouts) else value_iteration(layouts, index)


def _complete_search(layouts: Layouts, index: int, method: str) -> Plan:
    """The plan of one of the methods that search until they are done."""
    if method != "value-iteration" and not success_alone_pays(layouts):
        raise BadInput(
            f"{method} does not suit {layouts.maze}, where other events than success are rewarded: use value-iteration."
        )
    result = _WITHOUT_BUDGET[method](layouts, index)
    if result is None:
        raise BadInput(
            f"{method} finds no plan for layout {index} of {layouts.maze}: there is no way to success, or there are "
            "too many states; use tree-search."
        )
    return result


def optimum(maze: str, name: str = "train", sample: int = SAMPLE) -> float | None:
    """The mean return of exact plans on the layouts called `name`, the first `sample` of them.

    It is in the reward that an agent is trained on, multiplied by the `reward_scale` of the maze's settings; where the
    world moves by itself it is the expectation. None where the maze cannot be planned in exactly, or one of these
    layouts cannot be solved. (The layouts lie in the order of a hash: the first ones are a random sample.)
    """
    scale = parse_maze(maze).reward_scale
    layouts = named_layouts(maze, name)
    if layouts.why_not is not None:
        return None
    indices = np.arange(min(sample, len(layouts)))
    if not is_certain(layouts):  # its layouts are states of one world, so that one search does for all
        values = expected_returns(layouts, indices)
        return None if values is None else scale * float(values.mean())
    returns = []
    for index in indices.tolist():
        best = exact(layouts, index)
        if best is None:
            return None
        returns.append(best.value)
    return scale * float(np.mean(returns))
