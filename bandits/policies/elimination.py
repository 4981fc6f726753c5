"""Policies in phases: pull arms in turn, then drop some, or all but one.

`explore-then-commit`     each arm `pulls` times in turn, then the best average for ever
                          (Lattimore & Szepesvári 2020, algorithm 1)
`successive-elimination`  rounds r = 1, 2, … of one pull of each arm left; then arms with Q_max − Q ≥ 2 w are dropped,
                          w = √(4σ² ln(4 K r²/δ) / r)  (Even-Dar, Mannor & Mansour 2006, algorithm 3; σ² = 1/4 there)
`median-elimination`      each arm left (4/ε_l²) ln(3/δ_l) · 4σ² times, then the worse half is dropped;
                          ε₁ = ε/4, δ₁ = δ/2, ε_{l+1} = ¾ε_l, δ_{l+1} = δ_l/2; the last arm is ε-optimal with
                          probability 1 − δ  (the same, algorithm 4)
"""

import math
from typing import Any

import numpy as np
from pydantic import Field

from bandits.policy import Floats, Policy, rows
from bandits.simulator.randomness import best
from bandits.testbed import Testbed
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part

TARGET, EPSILON, DELTA, SPREAD, VALUES, PULLS, LEFT, INDEX = range(8)


@kernel_part
def _next(state: Floats, rng: Any) -> int:
    """The arm left with the fewest pulls, ties broken at random."""
    for arm in range(state.shape[1]):
        state[INDEX, arm] = -state[PULLS, arm] if state[LEFT, arm] > 0.0 else -math.inf
    return best(state[INDEX], rng)


@kernel_part
def _left(state: Floats) -> int:
    left = 0
    for arm in range(state.shape[1]):
        left += 1 if state[LEFT, arm] > 0.0 else 0
    return left


@kernel_part
def _fewest(state: Floats) -> float:
    """The fewest pulls of an arm left."""
    found = math.inf
    for arm in range(state.shape[1]):
        if state[LEFT, arm] > 0.0:
            found = min(found, state[PULLS, arm])
    return found


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """The next in turn."""
    return _next(state, rng)


@kernel_part
def _average(state: Floats, arm: int, reward: float) -> None:
    state[PULLS, arm] += 1.0
    state[VALUES, arm] += (reward - state[VALUES, arm]) / state[PULLS, arm]


@kernel_part
def update_commit(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """Once every arm has its pulls, only the best is left."""
    _average(state, arm, reward)
    if _left(state) > 1 and _fewest(state) >= state[TARGET, 0]:
        winner = best(state[VALUES], rng)
        for other in range(state.shape[1]):
            state[LEFT, other] = 1.0 if other == winner else 0.0


@kernel_part
def update_successive(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """At the end of each round, arms that are worse with confidence go."""
    _average(state, arm, reward)
    if _left(state) == 1:
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


@kernel_part
def update_median(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """At the end of each phase the worse half goes, and the next phase is longer; averages begin anew."""
    _average(state, arm, reward)
    left = _left(state)
    if left == 1 or _fewest(state) < state[TARGET, 0]:
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


class ExploreThenCommit(Policy):
    """Explore, then commit."""

    class Settings(Settings):
        pulls: int = Field(20, ge=1, description="pulls of each arm before the decision")

    select = staticmethod(select)
    update = staticmethod(update_commit)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """All arms left."""
        return rows(bed.arms, float(self.settings.pulls), 0.0, 0.0, bed.variance, 0.0, 0.0, 1.0, 0.0)


class SuccessiveElimination(Policy):
    """Successive elimination."""

    class Settings(Settings):
        delta: float = Field(0.05, gt=0, lt=1, description="chance that the best arm is dropped")

    select = staticmethod(select)
    update = staticmethod(update_successive)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """All arms left."""
        return rows(bed.arms, 0.0, 0.0, self.settings.delta, bed.variance, 0.0, 0.0, 1.0, 0.0)


class MedianElimination(Policy):
    """Median elimination."""

    class Settings(Settings):
        epsilon: float = Field(0.2, gt=0, description="by how much the arm that remains may be worse than the best")
        delta: float = Field(0.1, gt=0, lt=1, description="chance that it is worse than that")

    select = staticmethod(select)
    update = staticmethod(update_median)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """All arms left, before the first phase."""
        epsilon, delta = 0.25 * self.settings.epsilon, 0.5 * self.settings.delta
        target = phase_length(epsilon, delta, bed.variance)
        return rows(bed.arms, target, epsilon, delta, bed.variance, 0.0, 0.0, 1.0, 0.0)
