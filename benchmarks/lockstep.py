"""The long verify: every compiled maze against real MiniGrid, random play and the planner's, to the last bit."""

import warnings

from agents.lockstep import Verification, verify
from agents.mazes import describe_mazes


def main() -> int:
    """Print one line per maze, with the first difference; 1 where there was any."""
    warnings.simplefilter("ignore", DeprecationWarning)
    table, failed = describe_mazes(), 0
    print(f"{sum(entry.compiled for entry in table)} of {len(table)} mazes run compiled")
    for entry in table:
        line = f"not compiled: {entry.why_not}"
        if entry.compiled:
            result = verify(entry.id)
            line, failed = verdict(result), failed or int(result.failure is not None)
        print(f"{entry.id:40s} {line}", flush=True)
    return failed


def verdict(result: Verification) -> str:
    """Both kinds of play in one maze, and by which methods the plans were made that were played."""
    return (
        f"{'equal' if result.failure is None else f'FAILS: {result.failure}'}: {result.random.steps} random steps, "
        f"{result.random.episodes} episodes, {result.reached} of {len(result.planned)} plans to success "
        f"({', '.join(result.methods)})"
    )
