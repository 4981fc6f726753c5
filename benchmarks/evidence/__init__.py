"""The evidence: who escapes in which maze, how surely and after how many steps, recorded for docs/results.md.

    python -m benchmarks evidence                     print what is recorded
    python -m benchmarks evidence --run doorkey-8x8   train what a sweep of sweeps.toml lacks, record and document it
    python -m benchmarks evidence --planners          plan in the mazes of what is recorded, record and document it
    python -m benchmarks evidence --results escapade-runs/overfitting
                                                      record an experiment of examples/ from its folder of results
    python -m benchmarks evidence --document          write docs/results.md and its figures from what is recorded

A sweep keeps its learners in evidence-runs/NAME and goes on where it was stopped, as `escapade run` does.
"""

import sys
from pathlib import Path

from benchmarks.evidence import document, sweeps
from explore.errors import BadInput


def main(*arguments: str) -> None:
    """Run, record, document or print, as the arguments say."""
    names = [argument for argument in arguments if not argument.startswith("--")]
    known = sweeps.planned()
    if "--results" in arguments:
        for name in names:
            try:
                print(f"recorded: {sweeps.record_experiment(Path(name))}")
            except BadInput as error:
                sys.exit(f"benchmarks: {error}")
        return
    if unknown := [name for name in names if name not in known]:
        sys.exit(f"benchmarks: unknown sweep '{unknown[0]}': known are {', '.join(known)}.")
    options = [argument for argument in arguments if argument.startswith("--")]
    if unknown := [option for option in options if option not in ("--run", "--planners", "--results", "--document")]:
        sys.exit(f"benchmarks: unknown option '{unknown[0]}': known are --run, --planners, --results and --document.")
    if "--run" in arguments:
        for name in names or known:
            sweeps.record(known[name])
            document.write()
    elif "--planners" in arguments:
        for name in names or known:
            sweeps.record_planners(known[name])
        document.write()
    elif "--document" in arguments:
        document.write()
    else:
        print(document.tables(sweeps.recorded()))
