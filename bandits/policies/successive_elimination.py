"""Successive elimination (Even-Dar, Mannor & Mansour 2006, algorithm 3; σ² = 1/4 there): rounds r = 1, 2, … of one pull
of each arm left; then arms with Q_max − Q ≥ 2 w are dropped, w = √(4σ² ln(4 K r²/δ) / r)."""

import math
from typing import Any

from pydantic import Field

from bandits.policies.base.assumptions import best_arm_identification, constant_means, no_contexts
from bandits.policies.base.elimination import DELTA, LEFT, PULLS, SPREAD, VALUES, arms_left, average, select
from bandits.policy import Floats, Policy, rows
from bandits.problem_kinds import Kind, Placement
from bandits.testbed import Testbed
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part


@kernel_part
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """At the end of each round, arms that are worse with confidence go."""
    average(state, arm, reward)
    if arms_left(state) == 1:
        return
    top, rounds = -math.inf, state[PULLS, arm]
    for other in range(state.shape[1]):
        if state[LEFT, other] > 0.0:
            if state[PULLS, other] != rounds:
                return
            top = max(top, state[VALUES, other])
    width = math.sqrt(
        4.0 * state[SPREAD, 0] * math.log(4.0 * state.shape[1] * rounds * rounds / state[DELTA, 0]) / rounds
    )
    for other in range(state.shape[1]):
        if top - state[VALUES, other] >= 2.0 * width:
            state[LEFT, other] = 0.0


class SuccessiveElimination(Policy):
    """Successive elimination."""

    rule = "arms in turn; those worse with confidence 1 − δ are dropped"
    good_for = "dropping arms for good, with a stated confidence"
    needs = "the confidence"
    source = "Even-Dar, Mannor & Mansour 2006"
    recommended_for = (Placement(Kind.BEST_ARM, 2),)
    assumptions = (no_contexts, constant_means, best_arm_identification)

    class Settings(Settings):
        delta: float = Field(0.05, gt=0, lt=1, description="probability that the best arm is dropped")

    select = staticmethod(select)
    update = staticmethod(update)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """All arms left."""
        return rows(bed.arms, 0.0, 0.0, self.settings.delta, bed.variance, 0.0, 0.0, 1.0, 0.0)
