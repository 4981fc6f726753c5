"""Statistics over learners: interquartile mean, bootstrap intervals, probability of improvement, sample size.

Interquartile mean: the mean of the middle half of the scores. Its interval resamples learners with replacement within
each maze (stratified percentile bootstrap; Agarwal et al. 2021).
Probability of improvement: P(X > Y) + ½ P(X = Y), the Mann–Whitney statistic. Performance profile: the share of scores
above each threshold. Seeds needed: Welch's t-test at level α with power 1 − β (Colas, Sigaud & Oudeyer 2018). Rates
come with Wilson's interval.

Every interval is at 95 % unless told otherwise, and every resampling has the explicit generator of its own seed.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import stats

from explore.errors import BadInput
from explore.numerics.seeding import stream

Floats = npt.NDArray[np.float64]
LEVEL = 0.95
RESAMPLES = 2000
MOST_SEEDS = 10_000
PROFILE = [tenth / 10 for tenth in range(10)]  # thresholds between no score and the planner's


def interquartile_mean(scores: npt.ArrayLike, axis: int = -1) -> Floats:
    """The mean of `scores` without the lowest and the highest quarter (rounded down) along `axis`."""
    return np.asarray(stats.trim_mean(np.asarray(scores, float), 0.25, axis=axis), float)


def iqm_interval(strata: Sequence[npt.ArrayLike], seed: int = 0, level: float = LEVEL) -> tuple[float, float]:
    """Stratified bootstrap interval of the interquartile mean over all scores.

    strata: per maze, the scores of its learners, resampled within the maze. NaN bounds where any maze has fewer than
    two learners: one learner says nothing about the spread.
    """
    groups = [np.asarray(group, float).reshape(-1) for group in strata]
    if not groups or min(group.size for group in groups) < 2:
        return math.nan, math.nan
    generator = stream(seed, "bootstrap", 0)
    drawn = [group[generator.integers(group.size, size=(RESAMPLES, group.size))] for group in groups]
    return _percentiles(interquartile_mean(np.concatenate(drawn, axis=1)), level)


def probability_of_improvement(ours: npt.ArrayLike, theirs: npt.ArrayLike) -> float:
    """P(ours > theirs) + ½ P(ours = theirs) over all pairs of learners."""
    x, y = np.asarray(ours, float), np.asarray(theirs, float)
    return float(_wins(x[:, None], y[None, :]).mean())


def improvement_interval(
    ours: npt.ArrayLike, theirs: npt.ArrayLike, seed: int = 0, level: float = LEVEL
) -> tuple[float, float]:
    """Bootstrap interval of the probability of improvement; both sides are resampled on their own."""
    x, y = np.asarray(ours, float), np.asarray(theirs, float)
    if min(x.size, y.size) < 2:
        return math.nan, math.nan
    generator = stream(seed, "improvement", 0)
    a = x[generator.integers(x.size, size=(RESAMPLES, x.size))]
    b = y[generator.integers(y.size, size=(RESAMPLES, y.size))]
    return _percentiles(_wins(a[:, :, None], b[:, None, :]).mean((1, 2)), level)


def performance_profile(scores: npt.ArrayLike, thresholds: npt.ArrayLike = PROFILE) -> list[list[float]]:
    """[threshold, share, low, high]: the share of `scores` above each of the `thresholds`, with Wilson's interval."""
    values, rows = np.asarray(scores, float).reshape(-1), []
    for threshold in np.asarray(thresholds, float).tolist():
        above = int((values > threshold).sum())
        rows.append([threshold, above / values.size, *rate_interval(above, values.size)])
    return rows


def rate_interval(successes: int, trials: int, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's interval of a rate."""
    found = stats.binomtest(successes, trials).proportion_ci(level, method="wilson")
    return float(found.low), float(found.high)


def seeds_needed(ours: npt.ArrayLike, theirs: npt.ArrayLike, level: float = LEVEL, power: float = 0.8) -> int | None:
    """Learners per side with which Welch's t-test finds a difference like this one with probability `power`.

    None where the two means are equal or more than 10,000 would be needed; 2 where neither side varies.
    """
    x, y = np.asarray(ours, float), np.asarray(theirs, float)
    if min(x.size, y.size) < 2:
        raise BadInput("the number of seeds needed is estimated from at least two learners on each side.")
    difference, spread = abs(float(x.mean() - y.mean())), (float(x.var(ddof=1)), float(y.var(ddof=1)))
    if difference == 0:
        return None
    if sum(spread) == 0:
        return 2
    for size in range(2, MOST_SEEDS + 1):
        freedom = (size - 1) * sum(spread) ** 2 / sum(v * v for v in spread)
        critical = float(stats.t.ppf(1 - (1 - level) / 2, freedom))
        shift = difference / math.sqrt(sum(spread) / size)
        if float(stats.nct.sf(critical, freedom, shift)) >= power:
            return size
    return None


def _wins(x: Floats, y: Floats) -> Floats:
    return np.asarray((x > y) + 0.5 * (x == y), float)


def _percentiles(values: Floats, level: float) -> tuple[float, float]:
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
