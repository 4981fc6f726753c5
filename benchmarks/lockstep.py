"""The long proof: every compiled maze against real MiniGrid, random play and the planner's, to the last bit."""

import warnings

from agents.mazes import described, make
from agents.mazes.lockstep import played, random_play
from agents.planners import plan

STEPS, SLOTS, PLANS, BUDGET = 1000, 8, 5, 200_000


def main() -> None:
    """Print one line per maze; a difference is printed as it was found."""
    warnings.simplefilter("ignore", DeprecationWarning)
    table = described()
    compiled = [entry for entry in table if entry.compiled]
    print(f"{len(compiled)} of {len(table)} mazes run compiled")
    for entry in table:
        if not entry.compiled:
            print(f"{entry.id:40s} not compiled: {entry.why_not}")
            continue
        found = random_play(entry.id, STEPS, slots=SLOTS)
        reached, exact, difference = 0, 0, found.difference
        for seed in range(PLANS):
            envs = make(entry.id, 1, seed=seed)
            envs.reset()
            planned = plan(envs.layouts, int(envs.state().layout[0]), budget=BUDGET)
            way = played(entry.id, planned.actions, seed=seed)
            reached, exact = reached + way.successes, exact + planned.exact
            difference = difference or way.difference
        verdict = "equal" if difference is None else f"DIFFERS: {difference}"
        print(
            f"{entry.id:40s} {verdict}: {found.steps} random steps, {found.episodes} episodes, "
            f"{reached} of {PLANS} plans to success ({exact} exact)",
            flush=True,
        )
