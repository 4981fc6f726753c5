"""The long verify: every compiled maze against real MiniGrid, random play and the planner's, to the last bit."""

import warnings

from agents.lockstep import Verification, verify
from agents.mazes import describe_mazes


def main() -> int:
    """Print one line per maze, with a difference as it was found; 1 where there was any."""
    warnings.simplefilter("ignore", DeprecationWarning)
    table, failed = describe_mazes(), 0
    print(f"{sum(entry.compiled for entry in table)} of {len(table)} mazes run compiled")
    for entry in table:
        said = f"not compiled: {entry.why_not}"
        if entry.compiled:
            found = verify(entry.id)
            said, failed = verdict(found), failed or int(found.failure is not None)
        print(f"{entry.id:40s} {said}", flush=True)
    return failed


def verdict(found: Verification) -> str:
    """Both kinds of play in one maze, and by which methods the plans were made that were played."""
    return (
        f"{'equal' if found.failure is None else f'FAILS: {found.failure}'}: {found.random.steps} random steps, "
        f"{found.random.episodes} episodes, {found.reached} of {len(found.planned)} plans to success "
        f"({', '.join(found.methods)})"
    )
