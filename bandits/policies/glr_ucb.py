"""GLR-klUCB with local restarts (Besson, Kaufmann, Maillard & Seznec 2022, algorithm 1 and section 6): KL-UCB, each arm
with a restart of its own.

    index of an arm = max{q : N d(X̄, q) ≤ ln(t − τ)},   τ its last restart, N and X̄ of its rewards since then

An arm with rewards x_1 … x_n since its last restart has changed where for some s

    s d(x̄_{1:s}, x̄_{1:n}) + (n−s) d(x̄_{s+1:n}, x̄_{1:n}) ≥ ln(3 n √n / δ),

with the simpler threshold of the paper; the test is made every `stride` rewards, over all s that `stride` divides. A
random arm is pulled with probability `exploration`, where the paper pulls each arm in turn at fixed times.
"""

import math
from typing import Any

import numpy as np
from pydantic import Field

from bandits.policies.base.assumptions import abrupt_changes, no_contexts
from bandits.policies.base.history import need_memory
from bandits.policies.base.rewards import need_bounded
from bandits.policy import Floats, Policy, rows
from bandits.problem_kinds import Kind, Placement
from bandits.simulator.randomness import best, integer, uniform
from bandits.testbed import Testbed
from bandits.theory.divergences import kl_bernoulli, upper_bernoulli
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part

EXPLORATION, DELTA, STRIDE, STEP, PULLS, SUMS, INDEX, RESTARTED, RESTARTS, HISTORY = range(10)


@kernel_part
def changed(state: Floats, arm: int, stride: int, delta: float) -> bool:
    """The generalised likelihood ratio test for Bernoulli rewards (and, safely, any in [0, 1])."""
    n = int(state[PULLS, arm])
    mean = state[SUMS, arm] / n
    threshold = math.log(3.0 * n * math.sqrt(n) / delta)
    before = 0.0
    for s in range(1, n):
        before += state[HISTORY + s - 1, arm]
        if s % stride == 0:
            early, late = before / s, (state[SUMS, arm] - before) / (n - s)
            ratio = s * kl_bernoulli(early, mean) + (n - s) * kl_bernoulli(late, mean)
            if ratio >= threshold:
                return True
    return False


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """KL-UCB since the restarts; an arm without rewards since its restart goes first."""
    state[STEP, 0] = float(t)
    if uniform(rng) < state[EXPLORATION, 0]:
        return integer(rng, state.shape[1])
    for arm in range(state.shape[1]):
        pulls = state[PULLS, arm]
        if pulls > 0.0:
            level = math.log(max(t - 1.0 - state[RESTARTED, arm], 1.0))
            state[INDEX, arm] = upper_bernoulli(min(max(state[SUMS, arm] / pulls, 0.0), 1.0), level / pulls)
        else:
            state[INDEX, arm] = math.inf
    return best(state[INDEX], rng)


@kernel_part
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """Keep the reward, and look for a change."""
    reward = min(max(reward, 0.0), 1.0)
    state[HISTORY + int(state[PULLS, arm]), arm] = reward
    state[PULLS, arm] += 1.0
    state[SUMS, arm] += reward
    stride = int(state[STRIDE, 0])
    if int(state[PULLS, arm]) % stride == 0 and changed(state, arm, stride, state[DELTA, 0]):
        state[PULLS, arm], state[SUMS, arm] = 0.0, 0.0
        state[RESTARTED, arm] = state[STEP, 0]
        state[RESTARTS, arm] += 1.0


class GLRUCB(Policy):
    """GLR-klUCB with local restarts."""

    rule = "KL-UCB that restarts an arm when a likelihood-ratio test detects a change"
    good_for = "abrupt changes at unknown times, with no rate of change to set"
    needs = "the confidence of its test"
    source = "Besson et al. 2022"
    recommended_for = (Placement(Kind.CHANGING_BOUNDED, 1),)
    compared_on = (Placement(Kind.CHANGING_BOUNDED, 8),)
    assumptions = (no_contexts, abrupt_changes)

    class Settings(Settings):
        delta: float = Field(0.01, gt=0, lt=1, description="confidence of the test: probability of a false alarm")
        stride: int = Field(10, ge=1, description="the test is made every so many rewards of an arm")
        exploration: float = Field(0.01, ge=0, le=1, description="probability of a random arm")

    select = staticmethod(select)
    update = staticmethod(update)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls, and memory for every reward; BadInput where that is too much."""
        need_bounded("glr-ucb", bed)
        need_memory("glr-ucb", bed, horizon)
        settings = self.settings
        values = (settings.exploration, settings.delta, float(settings.stride), *(0.0,) * (HISTORY - 3))
        return np.vstack([rows(bed.arms, *values), np.zeros((horizon, bed.arms))])
