"""What planning costs: every method on the same layouts of DoorKey-8x8, and 1,000 layouts solved to optimality.

The clock runs after a first plan of each method, so that nothing is compiled under it. A search lets go of the
interpreter lock, so that two threads plan on two cores.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from agents.mazes.layouts.named_sets import layouts
from agents.planners import METHODS, plan, shortest

MAZE, LAYOUTS, BUDGET = "MiniGrid-DoorKey-8x8-v0", 20, 100_000
MANY, THREADS, SECONDS = 1000, 2, 10


def main() -> None:
    """Print a line per method, then the time that many optimal plans take."""
    train = layouts(MAZE, "train")
    print(f"{MAZE}, mean over {LAYOUTS} layouts, budget {BUDGET:,} simulated steps where there is one")
    print(f"  {'method':16s} {'return':>7s} {'of optimum':>10s} {'simulated':>11s} {'seconds':>8s}")
    best = np.mean([plan(train, index).value for index in range(LAYOUTS)])
    for method in METHODS[1:]:
        plan(train, 0, method=method, budget=BUDGET)
        plans = [plan(train, index, method=method, budget=BUDGET) for index in range(LAYOUTS)]
        value, steps, seconds = (
            float(np.mean([getattr(each, name) for each in plans])) for name in ("value", "simulated", "seconds")
        )
        print(f"  {method:16s} {value:7.3f} {value / best:10.1%} {steps:11,.0f} {seconds:8.3f}")
    started, busy = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(THREADS) as threads:
        solved = [each for each in threads.map(lambda index: shortest(train, index), range(MANY)) if each is not None]
    taken, busy = time.perf_counter() - started, time.process_time() - busy
    print(f"  {len(solved):,} of {MANY:,} layouts solved to optimality on {THREADS} threads in {taken:.1f} s", end=", ")
    print(f"{busy:.1f} s of processor time (to beat: {SECONDS} s), {sum(each.simulated for each in solved):,} steps")


if __name__ == "__main__":
    sys.exit(main())
