"""One figure from many scores: interquartile mean, optimality gap, performance profile (Agarwal et al. 2021).

    IQM       the mean of the scores without the lowest and the highest quarter
    gap       γ − mean of min(score, γ): how far the scores fall short of γ; more than γ does not make up for less
    profile   the share of scores above τ, for every threshold τ

Each agrees with rliable's function of that name on the same array.
"""

import numpy as np
import numpy.typing as npt
from scipy import stats

from escapade.statistics.intervals import rate_interval
from escapade.statistics.scores import Floats, checked_scores

PROFILE_THRESHOLDS = [tenth / 10 for tenth in range(10)]  # from no score up to the planner's, which is 1


def interquartile_mean(scores: npt.ArrayLike, axis: int = -1) -> Floats:
    """The mean along `axis` without the lowest and the highest quarter of the scores (each rounded down).

    BadInput when `scores` are empty or not finite.
    """
    return np.asarray(stats.trim_mean(checked_scores(scores), 0.25, axis=axis), float)


def optimality_gap(scores: npt.ArrayLike, target: float = 1.0) -> float:
    """By how much the scores, each counted up to `target`, fall short of it on average.

    BadInput when `scores` are empty or not finite.
    """
    return target - float(np.minimum(checked_scores(scores), target).mean())


def performance_profile(
    scores: npt.ArrayLike, thresholds: npt.ArrayLike = PROFILE_THRESHOLDS
) -> list[tuple[float, float, float, float]]:
    """(threshold, share, low, high): the share of `scores` above each of `thresholds`, with Wilson's interval.

    BadInput when `scores` are empty or not finite.
    """
    values, rows = checked_scores(scores).reshape(-1), []
    for threshold in np.asarray(thresholds, float).tolist():
        above = int((values > threshold).sum())
        rows.append((threshold, above / values.size, *rate_interval(above, values.size)))
    return rows
