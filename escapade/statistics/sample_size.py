"""How many learners a comparison needs: the power of Welch's t-test (Colas, Sigaud & Oudeyer 2018).

With s² = (v_x + v_y)/n the variance of a difference d of means of n learners a side, the statistic d/s follows the
non-central t distribution with the shift d/s and (n − 1)(v_x + v_y)²/(v_x² + v_y²) degrees of freedom.
"""

import math

import numpy.typing as npt
from scipy import stats

from escapade.statistics.scores import LEVEL, checked_level, checked_scores
from explore.errors import BadInput

MOST_SEEDS = 10_000


def seeds_needed(ours: npt.ArrayLike, theirs: npt.ArrayLike, level: float = LEVEL, power: float = 0.8) -> int | None:
    """Learners per side with which Welch's t-test shows a difference of this size with probability `power`.

    None where the two means are equal or more than 10,000 would be needed; 2 where neither side varies. BadInput when
    a side has one learner, or scores are not finite.
    """
    x, y = checked_scores(ours, "scores of the first side"), checked_scores(theirs, "scores of the second side")
    if min(x.size, y.size) < 2:
        raise BadInput("the number of seeds needed is estimated from at least two learners on each side.")
    alpha = 1 - checked_level(level)
    difference, spread = abs(float(x.mean() - y.mean())), (float(x.var(ddof=1)), float(y.var(ddof=1)))
    if difference == 0:
        return None
    if sum(spread) == 0:
        return 2
    few, many = 2, MOST_SEEDS
    if _power(difference, spread, many, alpha) < power:
        return None
    while few < many:  # the power rises with the number of learners
        half = (few + many) // 2
        few, many = (few, half) if _power(difference, spread, half, alpha) >= power else (half + 1, many)
    return few


def _power(difference: float, spread: tuple[float, float], size: int, alpha: float) -> float:
    freedom = (size - 1) * sum(spread) ** 2 / sum(variance**2 for variance in spread)
    shift = difference / math.sqrt(sum(spread) / size)
    return float(stats.nct.sf(float(stats.t.ppf(1 - alpha / 2, freedom)), freedom, shift))
