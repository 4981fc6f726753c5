"""Detecting changes: a stationary policy that begins anew when an arm's rewards have changed.

`glr-ucb`    KL-UCB, each arm with its own restart. An arm with rewards x_1 … x_n since its last one has changed
             where for some s  s d(x̄_{1:s}, x̄_{1:n}) + (n−s) d(x̄_{s+1:n}, x̄_{1:n}) ≥ ln(3 n √n / δ), the simpler
             threshold of Besson, Kaufmann, Maillard & Seznec 2022 (algorithm 1 and section 6); looked for every
             `stride` rewards, over all s that `stride` divides
`cusum-ucb`  UCB; after the first M rewards of an arm give its level u₀, two walks  g⁺ ← max(0, g⁺ + x − u₀ − ε) and
             g⁻ ← max(0, g⁻ + u₀ − x − ε)  alarm above h; Liu, Lee & Shroff 2018, algorithms 1 and 2; index
             X̄ + √(ξ ln n / N), n the pulls of all arms since their restarts, ξ = 1

Both pull a random arm with probability `exploration`, so that a change of an arm that looks bad is noticed.
"""

import math
from typing import Any

import numpy as np
from pydantic import Field

from bandits.policies.shared import need_bounded
from bandits.policy import Floats, Policy, rows
from bandits.simulator.randomness import best, integer, uniform
from bandits.testbed import Testbed
from bandits.theory.divergences import kl_bernoulli, upper_bernoulli
from explore.core.spec import Settings
from explore.errors import BadInput
from explore.numerics.compiled import kernel_part

EXPLORATION, FIRST, SECOND, THIRD, PULLS, SUMS, INDEX, UP, DOWN, LEVEL, RESTARTS, HISTORY = range(12)
MOST = 50_000_000  # rewards that the state of one run may keep


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
def _forget(state: Floats, arm: int) -> None:
    state[PULLS, arm], state[SUMS, arm] = 0.0, 0.0
    state[UP, arm], state[DOWN, arm], state[LEVEL, arm] = 0.0, 0.0, 0.0
    state[RESTARTS, arm] += 1.0


@kernel_part
def _all_pulls(state: Floats) -> float:
    total = 0.0
    for arm in range(state.shape[1]):
        total += state[PULLS, arm]
    return total


@kernel_part
def select_glr(state: Floats, t: int, rng: Any) -> int:
    """KL-UCB since the restarts; FIRST is δ, SECOND the stride."""
    if uniform(rng) < state[EXPLORATION, 0]:
        return integer(rng, state.shape[1])
    level = math.log(max(_all_pulls(state), 1.0))
    for arm in range(state.shape[1]):
        pulls = state[PULLS, arm]
        if pulls > 0.0:
            state[INDEX, arm] = upper_bernoulli(min(max(state[SUMS, arm] / pulls, 0.0), 1.0), level / pulls)
        else:
            state[INDEX, arm] = math.inf
    return best(state[INDEX], rng)


@kernel_part
def update_glr(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """Keep the reward, and look for a change."""
    reward = min(max(reward, 0.0), 1.0)
    state[HISTORY + int(state[PULLS, arm]), arm] = reward
    state[PULLS, arm] += 1.0
    state[SUMS, arm] += reward
    stride = int(state[SECOND, 0])
    if int(state[PULLS, arm]) % stride == 0 and changed(state, arm, stride, state[FIRST, 0]):
        _forget(state, arm)


@kernel_part
def select_cusum(state: Floats, t: int, rng: Any) -> int:
    """UCB since the restarts."""
    if uniform(rng) < state[EXPLORATION, 0]:
        return integer(rng, state.shape[1])
    level = math.log(max(_all_pulls(state), 1.0))
    for arm in range(state.shape[1]):
        pulls = state[PULLS, arm]
        state[INDEX, arm] = state[SUMS, arm] / pulls + math.sqrt(level / pulls) if pulls > 0.0 else math.inf
    return best(state[INDEX], rng)


@kernel_part
def update_cusum(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """The walks; FIRST is M, SECOND ε, THIRD h. LEVEL is the average of the first M rewards."""
    state[PULLS, arm] += 1.0
    state[SUMS, arm] += reward
    if state[PULLS, arm] <= state[FIRST, 0]:
        state[LEVEL, arm] += reward / state[FIRST, 0]
        return
    state[UP, arm] = max(0.0, state[UP, arm] + reward - state[LEVEL, arm] - state[SECOND, 0])
    state[DOWN, arm] = max(0.0, state[DOWN, arm] + state[LEVEL, arm] - reward - state[SECOND, 0])
    if max(state[UP, arm], state[DOWN, arm]) > state[THIRD, 0]:
        _forget(state, arm)


class GLRUCB(Policy):
    """GLR-klUCB with local restarts."""

    class Settings(Settings):
        delta: float = Field(0.01, gt=0, lt=1, description="confidence of the test: chance of a false alarm")
        stride: int = Field(10, ge=1, description="the test is made every so many rewards of an arm")
        exploration: float = Field(0.01, ge=0, le=1, description="chance of a random arm")

    select = staticmethod(select_glr)
    update = staticmethod(update_glr)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls, and room for every reward; BadInput where that is too much."""
        need_bounded("glr-ucb", bed)
        if bed.arms * horizon > MOST:
            raise BadInput(
                f"glr-ucb keeps every reward, and {bed.arms} arms × {horizon} steps are more than {MOST:,}: "
                "take a shorter horizon."
            )
        chosen = self.settings
        values = (chosen.exploration, chosen.delta, float(chosen.stride), *(0.0,) * (HISTORY - 3))
        return np.vstack([rows(bed.arms, *values), np.zeros((horizon, bed.arms))])


class CUSUMUCB(Policy):
    """CUSUM-UCB."""

    class Settings(Settings):
        first: int = Field(100, ge=1, description="rewards M that give the level of an arm")
        tolerance: float = Field(0.1, ge=0, description="change ε that is not one yet")
        threshold: float = Field(20.0, gt=0, description="height h of the alarm")
        exploration: float = Field(0.01, ge=0, le=1, description="chance of a random arm")

    select = staticmethod(select_cusum)
    update = staticmethod(update_cusum)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls."""
        need_bounded("cusum-ucb", bed)
        chosen = self.settings
        values = (chosen.exploration, float(chosen.first), chosen.tolerance, chosen.threshold)
        return rows(bed.arms, *values, *(0.0,) * (HISTORY - 4))
