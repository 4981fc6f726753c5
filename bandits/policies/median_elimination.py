"""Median elimination (Even-Dar, Mannor & Mansour 2006, algorithm 4): each arm left (4/ε_l²) ln(3/δ_l) · 4σ² times, then
the worse half is dropped; ε₁ = ε/4, δ₁ = δ/2, ε_{l+1} = ¾ε_l, δ_{l+1} = δ_l/2; the last arm is ε-optimal with
probability 1 − δ."""

import math
from typing import Any

import numpy as np
from pydantic import Field

from bandits.policies.base.assumptions import best_arm_identification, constant_means, no_contexts
from bandits.policies.base.elimination import (
    DELTA,
    EPSILON,
    LEFT,
    PULLS,
    SPREAD,
    TARGET,
    VALUES,
    arms_left,
    average,
    fewest_pulls,
    select,
)
from bandits.policy import Floats, Policy, rows
from bandits.problem_kinds import Kind, Placement
from bandits.testbed import Testbed
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part


@kernel_part
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """At the end of each phase the worse half goes, and the next phase is longer; averages begin anew."""
    average(state, arm, reward)
    left = arms_left(state)
    if left == 1 or fewest_pulls(state) < state[TARGET, 0]:
        return
    for _ in range(left // 2):
        worst, low = 0, math.inf
        for other in range(state.shape[1]):
            if state[LEFT, other] > 0.0 and state[VALUES, other] < low:
                worst, low = other, state[VALUES, other]
        state[LEFT, worst] = 0.0
    for other in range(state.shape[1]):
        state[PULLS, other], state[VALUES, other] = 0.0, 0.0
    state[EPSILON, 0] *= 0.75
    state[DELTA, 0] *= 0.5
    state[TARGET, 0] = phase_length(state[EPSILON, 0], state[DELTA, 0], state[SPREAD, 0])


@kernel_part
def phase_length(epsilon: float, delta: float, variance: float) -> float:
    """Pulls of each arm in a phase of median elimination."""
    return float(np.ceil(4.0 * variance * 4.0 / epsilon**2 * math.log(3.0 / delta)))  # infinite where ε² is 0


def time_for_a_phase(policy: Policy, bed: Testbed, horizon: int) -> str:
    """The first phase ends before the horizon."""
    epsilon, delta = 0.25 * policy.settings.epsilon * policy.settings.scale, 0.5 * policy.settings.delta
    pulls = phase_length(epsilon, delta, bed.variance) * bed.arms
    return f"needs {pulls:,.0f} pulls for its first phase: it drops no arm here" if pulls > horizon else ""


class MedianElimination(Policy):
    """Median elimination."""

    rule = "arms in turn; after each phase the worse half is dropped"
    good_for = "identifying a nearly best arm with few pulls, not low regret"
    needs = "the accuracy and the confidence"
    source = "Even-Dar, Mannor & Mansour 2006"
    recommended_for = (Placement(Kind.BEST_ARM, 3),)
    assumptions = (no_contexts, constant_means, time_for_a_phase, best_arm_identification)

    class Settings(Settings):
        epsilon: float = Field(
            0.2, gt=0, description="by how much the arm that remains may be worse than the best, in units of `scale`"
        )
        delta: float = Field(0.1, gt=0, lt=1, description="probability that it is worse than that")
        scale: float = Field(1.0, ge=1e-100, le=1e100, description="size of a reward, the unit of `epsilon`")

    select = staticmethod(select)
    update = staticmethod(update)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """All arms left, before the first phase."""
        epsilon, delta = 0.25 * self.settings.epsilon * self.settings.scale, 0.5 * self.settings.delta
        target = phase_length(epsilon, delta, bed.variance)
        return rows(bed.arms, target, epsilon, delta, bed.variance, 0.0, 0.0, 1.0, 0.0)
