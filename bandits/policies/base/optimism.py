"""Indices Q + width whose widths depend on the horizon or the arm's own variance, after each arm has been tried once.

σ² is the variance that a reward can have: 1/4 for rewards in [0, 1], where the formulas are those of the papers.
"""

import math
from typing import Any

from bandits.policy import Floats, Policy, rows
from bandits.testbed import Testbed
from explore.numerics.compiled import kernel_part

FIRST, SECOND, SPREAD, HORIZON, VALUES, PULLS, DEVIATIONS, INDEX = range(8)


@kernel_part
def widened(state: Floats, share: float) -> None:
    """INDEX = Q + √(FIRST · ln₊(share / n) / n)."""
    for arm in range(state.shape[1]):
        pulls = state[PULLS, arm]
        level = max(math.log(share / pulls), 0.0)
        state[INDEX, arm] = state[VALUES, arm] + math.sqrt(state[FIRST, 0] * level / pulls)


@kernel_part
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """Average and sum of squared deviations (Welford 1962)."""
    state[PULLS, arm] += 1.0
    before = reward - state[VALUES, arm]
    state[VALUES, arm] += before / state[PULLS, arm]
    state[DEVIATIONS, arm] += before * (reward - state[VALUES, arm])


class IndexWithVariance(Policy):
    """A policy whose index is made of these rows."""

    update = staticmethod(update)

    def constants(self, variance: float) -> tuple[float, float]:
        """FIRST and SECOND, given σ²."""
        return 0.0, 0.0

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls."""
        return rows(bed.arms, *self.constants(bed.variance), bed.variance, float(horizon), 0.0, 0.0, 0.0, 0.0)
