"""The long proof: every compiled maze against real MiniGrid, random play and the planner's, to the last bit."""

import warnings

from agents.mazes import described, make
from agents.mazes.layouts import Layouts
from agents.mazes.lockstep import played, random_play
from agents.planners import Plan, plan

STEPS, SLOTS, PLANS, BUDGET, TRIES = 1000, 8, 5, 2_000_000, 5


def main() -> None:
    """Print one line per maze; a difference is printed as it was found."""
    warnings.simplefilter("ignore", DeprecationWarning)
    table = described()
    print(f"{sum(entry.compiled for entry in table)} of {len(table)} mazes run compiled")
    for entry in table:
        said = verdict(entry.id) if entry.compiled else f"not compiled: {entry.why_not}"
        print(f"{entry.id:40s} {said}", flush=True)


def verdict(maze: str) -> str:
    """Both kinds of play in one maze, and by which methods the plans were made that were played."""
    found = random_play(maze, STEPS, slots=SLOTS)
    reached, difference, methods = 0, found.difference, set()
    for seed in range(PLANS):
        envs = make(maze, 1, seed=seed)
        envs.reset()
        planned = _good_plan(envs.layouts, int(envs.state().layout[0]))
        way = played(maze, planned.actions, seed=seed)
        reached += way.successes
        methods.add(planned.method)
        difference = difference or way.difference
    return (
        f"{'equal' if difference is None else f'DIFFERS: {difference}'}: {found.steps} random steps, "
        f"{found.episodes} episodes, {reached} of {PLANS} plans to success ({', '.join(sorted(methods))})"
    )


def _good_plan(layouts: Layouts, index: int) -> Plan:
    """A plan, and where it is of a search that found nothing, that of another seed."""
    found = plan(layouts, index, budget=BUDGET)
    for seed in range(1, TRIES):
        if found.value > 0:
            break
        found = plan(layouts, index, method="tree-search", budget=BUDGET, seed=seed)
    return found
