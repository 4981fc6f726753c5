"""Agents against a baseline: the exact permutation test with Holm's correction, and the probability of improvement.

A difference is significant where the corrected p-value is at most .05 and the 95 % interval of the probability of
improvement leaves out ½.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from escapade.statistics import (
    Interval,
    holm,
    improvement_interval,
    permutation_test,
    probability_of_improvement,
)

SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Comparison:
    """One agent against the baseline; `interval` of the probability is None where a side has one learner."""

    probability: float
    interval: Interval | None
    p_value: float
    p_value_holm: float

    @property
    def significant(self) -> bool:
        """Whether the difference is significant."""
        apart = self.interval is not None and not self.interval[0] <= 0.5 <= self.interval[1]
        return apart and self.p_value_holm <= SIGNIFICANT


def compare(others: Sequence[Sequence[float]], base: Sequence[float]) -> list[Comparison]:
    """The learners' scores of each of the others against those of the baseline; the p-values corrected together."""
    p_values = [permutation_test(scores, base) for scores in others]
    return [
        Comparison(probability_of_improvement(scores, base), improvement_interval(scores, base), p_value, corrected)
        for scores, p_value, corrected in zip(others, p_values, holm(p_values), strict=True)
    ]
