"""The input of every statistic: finite scores, one per learner, and a level between 0 and 1."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from explore.errors import BadInput

Floats = npt.NDArray[np.float64]

LEVEL = 0.95


def checked_scores(scores: npt.ArrayLike, name: str = "scores") -> Floats:
    """`scores` as a float array of any shape; BadInput when it is empty or holds NaN or an infinity."""
    values = np.asarray(scores, float)
    if values.size == 0:
        raise BadInput(f"the {name} are empty: a statistic needs the score of at least one learner.")
    if not np.isfinite(values).all():
        raise BadInput(f"the {name} hold NaN or an infinity: leave out learners without a score, and say how many.")
    return values


def checked_strata(strata: Sequence[npt.ArrayLike]) -> list[Floats]:
    """The scores of every maze, flat; BadInput when there is no maze, or one of them is empty or not finite."""
    groups = [checked_scores(group).reshape(-1) for group in strata]
    if not groups:
        raise BadInput("there are no mazes: a statistic needs the scores of at least one.")
    return groups


def checked_level(level: float) -> float:
    """`level`; BadInput when it does not lie between 0 and 1."""
    if not 0 < level < 1:
        raise BadInput(f"the level of an interval is {level!r}: it must lie between 0 and 1, such as 0.95.")
    return level
