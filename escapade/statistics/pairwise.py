"""One agent against another: probability of improvement with its interval, and tests of a difference.

    θ = P(X > Y) + ½ P(X = Y)    the Mann–Whitney statistic over all pairs of learners, one half for no difference

Its interval is of Wilson's kind (Newcombe 2006, part 2, method 5): all θ with |θ̂ − θ| ≤ t · √V(θ), where

    V(θ) = θ(1 − θ)/(mn) · [1 + N((1 − θ)/(2 − θ) + θ/(1 + θ))],    N = (m + n)/2 − 1

is the variance for exponential scores (Hanley & McNeil 1982), so that it has a width where all of one side win. Two
changes make it hold with few learners: t is Student's quantile at m + n degrees of freedom, and V is no less than the
variance estimated from the placements (DeLong et al. 1988), for sides that differ in spread. With these it agrees with
the exact test below where one side wins all: it holds ½ with three learners a side, and does not with four.

The permutation test is exact, ties included: under the hypothesis that the agent makes no difference every choice of m
of the m + n scores is as likely to be the first side's, and all are counted by the shift algorithm (Streitberg & Röhmel
1986). With three learners a side no difference can be significant at 5 %: 2 of 20 choices are as extreme as the most
extreme one. Several tests at once: Holm's correction (1979).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

from escapade.statistics.intervals import Integers, Interval
from escapade.statistics.scores import LEVEL, Floats, checked_level, checked_scores
from explore.errors import BadInput
from explore.numerics.compiled import compiled

MOST_EXACT = 120  # learners on both sides together: counting their subsets takes a fraction of a second
EDGE = 1e-9


def probability_of_improvement(ours: npt.ArrayLike, theirs: npt.ArrayLike) -> float:
    """P(ours > theirs) + ½ P(ours = theirs) over all pairs of learners. BadInput for empty or non-finite scores."""
    return float(_wins(*_sides(ours, theirs)).mean())


def improvement_interval(ours: npt.ArrayLike, theirs: npt.ArrayLike, level: float = LEVEL) -> Interval | None:
    """The interval of the probability of improvement; None where a side has one learner.

    BadInput for empty or non-finite scores.
    """
    x, y = _sides(ours, theirs)
    quantile = (1 + checked_level(level)) / 2
    m, n = x.size, y.size
    if min(m, n) < 2:
        return None
    wins = _wins(x, y)
    estimate = float(wins.mean())
    estimated_variance = float(wins.mean(1).var(ddof=1)) / m + float(wins.mean(0).var(ddof=1)) / n
    critical = float(stats.t.ppf(quantile, m + n))

    def excess(theta: float) -> float:
        exponential = 1 + ((m + n) / 2 - 1) * ((1 - theta) / (2 - theta) + theta / (1 + theta))
        variance = max(theta * (1 - theta) * exponential / (m * n), estimated_variance)
        return abs(estimate - theta) - critical * float(np.sqrt(variance))

    # At an estimate of 0 or 1 the excess is 0, and below 0 right beside it: that is where the search begins.
    inside = min(max(estimate, EDGE), 1.0 - EDGE)
    low = optimize.brentq(excess, 0.0, inside) if excess(0.0) > 0 else 0.0
    high = optimize.brentq(excess, inside, 1.0) if excess(1.0) > 0 else 1.0
    return float(low), float(high)


def permutation_test(ours: npt.ArrayLike, theirs: npt.ArrayLike) -> float:
    """The two-sided p-value of the Mann–Whitney statistic: twice the smaller one-sided one, as in SciPy.

    Exact up to 120 learners on both sides together; with more, the normal approximation with its correction for ties.
    BadInput for empty or non-finite scores.
    """
    x, y = _sides(ours, theirs)
    if x.size + y.size > MOST_EXACT:
        return float(stats.mannwhitneyu(x, y, alternative="two-sided", method="asymptotic").pvalue)
    # Twice a midrank is an integer. Where x is the larger side the others' ranks are counted, which say the same.
    doubled = np.rint(2 * stats.rankdata(np.concatenate([x, y]))).astype(np.int64)
    side = min(doubled[: x.size], doubled[x.size :], key=len)
    chances = _rank_sum_chances(doubled, len(side))
    observed = int(side.sum())
    return min(1.0, 2 * min(float(chances[: observed + 1].sum()), float(chances[observed:].sum())))


def welch_test(ours: npt.ArrayLike, theirs: npt.ArrayLike) -> float:
    """The two-sided p-value of Welch's t-test (1947) for equal means.

    BadInput when a side has one learner, or neither side varies: then there is no t statistic.
    """
    x, y = _sides(ours, theirs)
    if min(x.size, y.size) < 2 or (np.ptp(x) == 0 and np.ptp(y) == 0):
        raise BadInput("Welch's test needs two learners on each side, and one side that varies; see permutation_test.")
    return float(stats.ttest_ind(x, y, equal_var=False).pvalue)


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values, in their order, corrected for being several (Holm 1979): reject those not above the level.

    The k-th smallest of n is multiplied by n + 1 − k and is no less than the one before. BadInput for what is no
    p-value.
    """
    values = np.asarray(p_values, float)
    if not ((values >= 0) & (values <= 1)).all():
        raise BadInput("a p-value lies between 0 and 1.")
    order = np.argsort(values, kind="stable")
    steps = np.minimum(1.0, values[order] * np.arange(len(values), 0, -1))
    corrected = np.empty(len(values))
    corrected[order] = np.maximum.accumulate(steps)
    return [float(value) for value in corrected]


def _sides(ours: npt.ArrayLike, theirs: npt.ArrayLike) -> tuple[Floats, Floats]:
    x, y = checked_scores(ours, "scores of the first side"), checked_scores(theirs, "scores of the second side")
    return x.reshape(-1), y.reshape(-1)


def _wins(x: Floats, y: Floats) -> Floats:
    """1 where x is above y, ½ where they are equal, `(m, n)`."""
    return np.asarray((x[:, None] > y) + 0.5 * (x[:, None] == y), float)


@compiled
def _rank_sum_chances(ranks: Integers, size: int) -> Floats:
    """The probability of every sum, `(sum of ranks + 1,)`, of `size` of the `ranks` drawn without replacement."""
    total = ranks.sum()
    # share[k, s]: of all subsets of the ranks met so far, those of k ranks that sum to s. Halved at each rank, so that
    # the numbers stay small.
    share = np.zeros((size + 1, total + 1))
    share[0, 0] = 1.0
    reached = 0
    for rank in ranks:
        reached += rank
        for chosen in range(size, 0, -1):  # downwards, so that a rank is taken once
            for summed in range(reached, -1, -1):
                before = share[chosen - 1, summed - rank] if summed >= rank else 0.0
                share[chosen, summed] = 0.5 * (share[chosen, summed] + before)
        share[0, 0] *= 0.5
    chances: Floats = share[size] / share[size].sum()
    return chances
