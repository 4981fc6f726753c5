"""Intervals over learners that keep their level with few of them: bounded bootstrap, percentile bootstrap, Wilson.

A percentile bootstrap never leaves the scores that were seen: ten learners at 0 give [0, 0], although a fifth of all
learners may solve the maze. The *bounded bootstrap* knows that scores lie in [a, b]. For n sorted scores x_1 … x_n it
draws weights w_0 … w_n ~ Dirichlet(1, …, 1), one more than there are scores, and takes the interquartile mean of

    low end     a, x_1, …, x_n    with the weights w_0 … w_n    quantile (1 − level)/2
    high end    x_1, …, x_n, b    with the weights w_0 … w_n    quantile (1 + level)/2

that is, the smallest and the greatest distribution that agree with the scores where the n scores cut the true
distribution's probability into n + 1 pieces, as uniform order statistics do. It is Gaffke's bound (2005; Learned-Miller
& Thomas 2020, "A new confidence interval for the mean of a bounded random variable", for the mean; Phan et al. 2021 for
other statistics), and Clopper & Pearson's interval where scores are 0 or 1. With several mazes the weights of each
are drawn on their own: stratified. docs/statistics.md has the coverage of both by simulation.

No interval, None, where a maze has a single learner: it says nothing of how learners differ.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import stats

from escapade.statistics.scores import LEVEL, Floats, checked_level, checked_strata
from explore.errors import BadInput
from explore.numerics.compiled import compiled, kernel_part
from explore.numerics.seeding import stream

Interval = tuple[float, float]
Integers = npt.NDArray[np.int64]

RESAMPLES = 5000
QUARTER = 0.25
UNIT: Interval = (0.0, 1.0)  # a return as a share of the planner's, and a success rate, lie in it


def iqm_interval(
    strata: Sequence[npt.ArrayLike],
    seed: int = 0,
    level: float = LEVEL,
    *,
    limits: Interval = UNIT,
    resamples: int = RESAMPLES,
) -> Interval | None:
    """The bounded bootstrap's interval of the interquartile mean over the scores of all mazes.

    strata: per maze the scores of its learners. limits: between which all possible scores lie; where a score lies
    beyond, they are widened to it, and the interval has no such guarantee any more. None where a maze has one learner.
    BadInput when scores are lacking or not finite, or `level` or `limits` make no sense.
    """
    return _bounded_interval(checked_strata(strata), QUARTER, seed, checked_level(level), limits, resamples)


def optimality_gap_interval(
    strata: Sequence[npt.ArrayLike],
    target: float = 1.0,
    seed: int = 0,
    level: float = LEVEL,
    *,
    lowest: float = 0.0,
    resamples: int = RESAMPLES,
) -> Interval | None:
    """The bounded bootstrap's interval of the optimality gap; possible scores begin at `lowest`.

    None and BadInput as in `iqm_interval`.
    """
    counted = [np.minimum(group, target) for group in checked_strata(strata)]
    interval = _bounded_interval(counted, 0.0, seed, checked_level(level), (lowest, target), resamples)
    return None if interval is None else (target - interval[1], target - interval[0])


def percentile_interval(
    strata: Sequence[npt.ArrayLike], seed: int = 0, level: float = LEVEL, *, resamples: int = RESAMPLES
) -> Interval | None:
    """The stratified percentile bootstrap of the interquartile mean (Agarwal et al. 2021), as rliable has it.

    For comparison with published intervals: with fewer than 30 learners it is too short. None and BadInput as in
    `iqm_interval`.
    """
    groups, checked = checked_strata(strata), checked_level(level)
    if min(group.size for group in groups) < 2:
        return None
    generator = stream(seed, "percentile bootstrap")
    drawn = [group[generator.integers(group.size, size=(resamples, group.size))] for group in groups]
    means = stats.trim_mean(np.concatenate(drawn, axis=1), QUARTER, axis=1)
    low, high = np.quantile(means, [(1 - checked) / 2, (1 + checked) / 2])
    return float(low), float(high)


def rate_interval(successes: int, trials: int, level: float = LEVEL) -> Interval:
    """Wilson's interval (1927) of a rate. BadInput when there are no trials, or more successes than trials."""
    if trials < 1 or not 0 <= successes <= trials:
        raise BadInput(f"{successes} successes in {trials} trials: give at least one trial, and no more successes.")
    interval = stats.binomtest(successes, trials).proportion_ci(checked_level(level), method="wilson")
    return float(interval.low), float(interval.high)


def _bounded_interval(
    groups: list[Floats], trimmed: float, seed: int, level: float, limits: Interval, resamples: int
) -> Interval | None:
    lowest, highest = (float(limit) for limit in limits)
    if not (np.isfinite([lowest, highest]).all() and lowest < highest):
        raise BadInput(f"the limits of the scores are {limits!r}: give two finite numbers, the lower one first.")
    if min(group.size for group in groups) < 2:
        return None
    lowest = min(lowest, *(float(group.min()) for group in groups))
    highest = max(highest, *(float(group.max()) for group in groups))
    sorted_groups = [np.sort(group) for group in groups]
    low_values = np.concatenate([np.append(lowest, group) for group in sorted_groups])
    high_values = np.concatenate([np.append(group, highest) for group in sorted_groups])
    low_order, high_order = np.argsort(low_values, kind="stable"), np.argsort(high_values, kind="stable")
    low_means, high_means = np.empty(resamples), np.empty(resamples)
    _resample(
        stream(seed, "bounded bootstrap"),
        np.array([group.size for group in groups]),
        trimmed,
        low_order,
        low_values[low_order],
        high_order,
        high_values[high_order],
        low_means,
        high_means,
    )
    return float(np.quantile(low_means, (1 - level) / 2)), float(np.quantile(high_means, (1 + level) / 2))


@kernel_part
def _trimmed_mean(values: Floats, order: Integers, weights: Floats, trimmed: float) -> float:
    """The mean of sorted `values` from quantile `trimmed` to 1 − `trimmed`; their weights add up to 1."""
    below, total = 0.0, 0.0
    for place in range(len(values)):
        above = below + weights[order[place]]
        inside = min(above, 1.0 - trimmed) - max(below, trimmed)
        if inside > 0.0:
            total += inside * values[place]
        below = above
    return total / (1.0 - 2.0 * trimmed)


@compiled
def _resample(
    generator: np.random.Generator,
    sizes: Integers,
    trimmed: float,
    low_order: Integers,
    low_values: Floats,
    high_order: Integers,
    high_values: Floats,
    low_means: Floats,
    high_means: Floats,
) -> None:
    """Fill both arrays of means `(resamples,)`; values `(scores + mazes,)` are sorted over all mazes, by `…_order`."""
    weights = np.empty(len(low_values))
    for resample in range(len(low_means)):
        start = 0
        for size in sizes:
            total = 0.0
            for place in range(start, start + size + 1):
                weights[place] = generator.standard_exponential()
                total += weights[place]
            share = size / sizes.sum() / total  # a maze weighs as much as it has learners
            for place in range(start, start + size + 1):
                weights[place] *= share
            start += size + 1
        low_means[resample] = _trimmed_mean(low_values, low_order, weights, trimmed)
        high_means[resample] = _trimmed_mean(high_values, high_order, weights, trimmed)
