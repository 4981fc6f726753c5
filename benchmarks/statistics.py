"""Statistics over learners: do the intervals keep their level, how often is a difference claimed falsely, how fast?

Scores are drawn from known distributions like those of DQNs in sparse mazes: a learner either solves the maze (a return
of .92 to .97) or does not (0 to .02). Reported is how often the 95 % interval holds the true value, and how often a
comparison of two agents that are the same says that one did better. `python -m benchmarks statistics` prints the
tables of docs/statistics.md in two or three minutes.
"""

import time
from collections.abc import Callable

import numpy as np

from escapade.statistics import (
    improvement_interval,
    interquartile_mean,
    iqm_interval,
    percentile_interval,
    permutation_test,
    probability_of_improvement,
)
from escapade.statistics.scores import Floats
from explore.numerics.seeding import stream

SIZES = (3, 5, 10, 30)
REPEATS = 1000
RESAMPLES = 1000

Draw = Callable[[np.random.Generator, int], Floats]


def solving(share: float) -> Draw:
    """Scores of learners of which a share of `share` solves the maze."""

    def draw(generator: np.random.Generator, size: int) -> Floats:
        solved, unsolved = 0.97 - 0.05 * generator.beta(1, 2, size), 0.02 * generator.beta(0.5, 3, size)
        return np.where(generator.random(size) < share, solved, unsolved)

    return draw


DISTRIBUTIONS: dict[str, Draw] = {
    **{f"{share:.0%} solve": solving(share) for share in (0.05, 0.2, 0.3, 0.5, 0.7, 0.8, 0.95)},
    "uniform": lambda generator, size: generator.random(size),
    "0.5 ± 0.1": lambda generator, size: np.clip(generator.normal(0.5, 0.1, size), 0, 1),
}
PAIRS: dict[str, tuple[Draw, Draw]] = {
    **{f"{share:.0%} both": (solving(share), solving(share)) for share in (0.05, 0.3, 0.5, 0.8)},
    "5% against 80%": (solving(0.05), solving(0.8)),
    "30% against 60%": (solving(0.3), solving(0.6)),
    "50% against always 0.45": (solving(0.5), lambda generator, size: generator.uniform(0.4, 0.5, size)),
}


def coverage(draw: Draw, size: int, repeats: int = REPEATS) -> tuple[float, float, float]:
    """How often the IQM's interval holds the true one: bounded bootstrap, percentile; the first one's mean width."""
    true = float(interquartile_mean(draw(stream(0, "truth"), 1_000_000)))
    generator, bounded, percentile, width = stream(1, "coverage", size), 0, 0, 0.0
    for seed in range(repeats):
        scores = draw(generator, size)
        ours = iqm_interval([scores], seed, resamples=RESAMPLES)
        theirs = percentile_interval([scores], seed, resamples=RESAMPLES)
        assert ours is not None
        assert theirs is not None
        bounded += ours[0] <= true <= ours[1]
        percentile += theirs[0] <= true <= theirs[1]
        width += (ours[1] - ours[0]) / repeats
    return bounded / repeats, percentile / repeats, width


def comparison(ours: Draw, theirs: Draw, size: int, repeats: int = REPEATS) -> tuple[float, float]:
    """How often the interval of the probability of improvement holds the true one, and how often a claim is made.

    A claim, as in the report: the interval leaves out ½, and the permutation test's p-value is at most .05.
    """
    truth = stream(0, "truth")
    true = probability_of_improvement(ours(truth, 4000), theirs(truth, 4000))
    if ours is theirs:
        true = 0.5
    generator, covered, claims = stream(1, "comparison", size), 0, 0
    for _ in range(repeats):
        x, y = ours(generator, size), theirs(generator, size)
        interval = improvement_interval(x, y)
        assert interval is not None
        covered += interval[0] <= true <= interval[1]
        claims += not interval[0] <= 0.5 <= interval[1] and permutation_test(x, y) <= 0.05
    return covered / repeats, claims / repeats


def main() -> int:
    """Print both tables and the time of 50,000 resamples."""
    print(f"coverage of the IQM's 95 % interval, {REPEATS:,} samples each: bounded | percentile | width of the bounded")
    for name, draw in DISTRIBUTIONS.items():
        cells = [" | ".join(f"{figure:.2f}" for figure in coverage(draw, size)) for size in SIZES]
        print(f"{name:24s} " + "   ".join(f"n={size}: {cell}" for size, cell in zip(SIZES, cells, strict=True)))
    print("\nprobability of improvement: coverage of its 95 % interval | share of comparisons that claim a difference")
    for name, (ours, theirs) in PAIRS.items():
        rows = [" | ".join(f"{figure:.3f}" for figure in comparison(ours, theirs, size)) for size in SIZES]
        print(f"{name:24s} " + "   ".join(f"n={size}: {cell}" for size, cell in zip(SIZES, rows, strict=True)))
    generator = stream(0, "speed")
    mazes = [generator.random(30) for _ in range(10)]
    for each in (iqm_interval, percentile_interval):
        each(mazes)  # compile first
        start = time.process_time()
        each(mazes, resamples=50_000)
        seconds = time.process_time() - start
        print(f"\n50,000 resamples of 10 mazes × 30 learners, {each.__name__}: {seconds:.2f} s of one core")
    return 0
