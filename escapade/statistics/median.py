"""The median of values that may be infinite, such as a time that never came, with a distribution-free interval.

Of n sorted values, the number that lie below the median of the distribution is binomial(n, ½), whatever the
distribution. So the interval from the k-th smallest to the k-th largest value covers the median with probability

    1 − 2 · P(B ≤ k − 1),    B ~ binomial(n, ½)

at least, and k is the largest number for which that is the level (Thompson 1936). Below six values no k gives 95 %.
"""

from collections.abc import Sequence

import numpy as np
from scipy import stats

from escapade.statistics.intervals import Interval
from escapade.statistics.scores import LEVEL, checked_level
from explore.errors import BadInput


def median(values: Sequence[float]) -> float:
    """The median; infinite where half of the values or more are. BadInput for no values or NaN."""
    ordered = _ordered(values)
    low, high = ordered[(ordered.size - 1) // 2], ordered[ordered.size // 2]
    return float(low if low == high else (low + high) / 2)


def median_interval(values: Sequence[float], level: float = LEVEL) -> Interval | None:
    """The interval of the median, whose ends may be infinite; None where there are too few values for the level.

    BadInput for no values, NaN, or a level that is none.
    """
    ordered, tail = _ordered(values), (1 - checked_level(level)) / 2
    outside = int(stats.binom.ppf(tail, ordered.size, 0.5))
    if stats.binom.cdf(outside, ordered.size, 0.5) > tail:
        outside -= 1
    if outside < 0:
        return None
    return float(ordered[outside]), float(ordered[ordered.size - 1 - outside])


def _ordered(values: Sequence[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    if ordered.size == 0 or np.isnan(ordered).any():
        raise BadInput("a median needs at least one value, and no NaN; infinity stands for what never happened.")
    return ordered
