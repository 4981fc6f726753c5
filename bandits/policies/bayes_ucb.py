"""Bayes-UCB (Kaufmann, Cappé & Garivier 2012, algorithm 1): the arm whose posterior has the largest quantile

    q(a) = Q(1 − 1 / (t (ln T)^c), posterior of a)

with c = 0, as they advise in practice. The posterior is Beta(1 + S, 1 + n − S) for rewards in [0, 1], and for Gaussian
arms N(x̄, σ²/n), of a flat prior.

The quantile of the Beta distribution is computed by Newton's method within bounds that are narrowed at each step, with
the distribution function by its continued fraction (Lentz's method; DLMF 8.17.22). It grows with t: a quantile for a
later step is an upper bound, so only arms whose upper bound exceeds every quantile already computed are computed.
"""

import math
from collections.abc import Sequence
from typing import Any

from pydantic import Field

from bandits.policies.base.assumptions import constant_means, no_contexts, prompt_rewards, rewards_of_family
from bandits.policies.base.divergence import family_of
from bandits.policies.base.rewards import coin
from bandits.policy import Floats, Functions, Policy, rows
from bandits.problem_kinds import Kind, Placement
from bandits.simulator.randomness import best
from bandits.testbed import Testbed
from bandits.theory.bounds.asymptotic import asymptotic_optimality
from bandits.theory.bounds.statement import Bound, Problem
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part

SCALE, SPREAD, PULLS, SUMS, INDEX, CEILING, UNTIL, SOLVED = range(8)
AHEAD = 64  # a ceiling holds for another 64th of the steps


@kernel_part
def beta_tail(x: float, a: float, b: float) -> float:
    """P(X > x) of a Beta(a, b) variable."""
    if x <= 0.0:
        return 1.0
    if x >= 1.0:
        return 0.0
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(1.0 - x))
    # The fraction converges fast on this side of the mean; on the other, by symmetry.
    if x < (a + 1.0) / (a + b + 2.0):
        return 1.0 - front * _fraction(x, a, b) / a
    return front * _fraction(1.0 - x, b, a) / b


@kernel_part
def _fraction(x: float, a: float, b: float) -> float:
    tiny = 1e-300
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d if abs(d) > tiny else tiny)
    fraction = d
    for m in range(1, 300):
        for even in range(2):
            if even == 0:
                part = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
            else:
                part = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
            d = 1.0 + part * d
            d = 1.0 / (d if abs(d) > tiny else tiny)
            c = 1.0 + part / c
            c = c if abs(c) > tiny else tiny
            fraction *= c * d
        if abs(c * d - 1.0) < 1e-14:
            break
    return fraction


@kernel_part
def beta_upper(a: float, b: float, tail: float) -> float:
    """The x with P(X > x) = tail, 0 < tail < 1."""
    low, high = 0.0, 1.0
    mean = a / (a + b)
    x = min(mean + 2.0 * math.sqrt(mean * (1.0 - mean) / (a + b + 1.0)), 0.5 * (1.0 + mean))
    log_beta = math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    for _ in range(100):
        above = beta_tail(x, a, b)
        if above > tail:
            low = x
        else:
            high = x
        # Newton's step on ln P(X > x), which is nearly straight in the tail.
        density = math.exp((a - 1.0) * math.log(x) + (b - 1.0) * math.log(1.0 - x) - log_beta)
        step = x + math.log(above / tail) * above / density if above > 0.0 and density > 0.0 else low
        following = step if low < step < high else 0.5 * (low + high)
        if abs(following - x) < 1e-12:
            break
        x = following
    return float(x)


@kernel_part
def normal_upper(tail: float) -> float:
    """The z with P(Z > z) = tail of a standard normal Z, by Newton's method on the logarithm."""
    z = math.sqrt(max(-2.0 * math.log(min(tail, 0.5)) - 1.0, 0.0)) if tail < 0.3 else 0.0
    for _ in range(60):
        above = 0.5 * math.erfc(z / math.sqrt(2.0))
        step = math.log(above / tail) * above * math.sqrt(2.0 * math.pi) * math.exp(0.5 * z * z)
        z += step
        if abs(step) < 1e-13:
            break
    return float(z)


@kernel_part
def _tail(state: Floats, t: float) -> float:
    return float(min(1.0 / (t * state[SCALE, 0]), 0.5))


@kernel_part
def _quantile(state: Floats, arm: int, t: float) -> float:
    lost = state[PULLS, arm] - state[SUMS, arm]
    return beta_upper(1.0 + state[SUMS, arm], 1.0 + lost, _tail(state, t))


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """The largest quantile of Beta posteriors."""
    for arm in range(state.shape[1]):
        if t > state[UNTIL, arm]:
            state[UNTIL, arm] = t + t // AHEAD
            state[CEILING, arm] = _quantile(state, arm, state[UNTIL, arm])
        state[INDEX, arm] = state[CEILING, arm]
        state[SOLVED, arm] = 1.0 if state[UNTIL, arm] == t else 0.0
    while True:
        top, largest = -math.inf, 0
        for arm in range(state.shape[1]):
            if state[INDEX, arm] > top or (state[INDEX, arm] == top and state[SOLVED, arm] == 0.0):
                top, largest = state[INDEX, arm], arm
        if state[SOLVED, largest] != 0.0:
            return best(state[INDEX], rng)
        state[INDEX, largest] = _quantile(state, largest, float(t))
        state[SOLVED, largest] = 1.0


@kernel_part
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """A success or a failure; a reward between them is a coin with that probability."""
    state[PULLS, arm] += 1.0
    state[SUMS, arm] += coin(reward, rng)
    state[UNTIL, arm] = 0.0


@kernel_part
def select_gaussian(state: Floats, t: int, rng: Any) -> int:
    """The largest quantile of Gaussian posteriors; the same number of deviations for all."""
    deviations = normal_upper(_tail(state, float(t)))
    for arm in range(state.shape[1]):
        pulls = state[PULLS, arm]
        if pulls > 0.0:
            state[INDEX, arm] = state[SUMS, arm] / pulls + deviations * state[SPREAD, 0] / math.sqrt(pulls)
        else:
            state[INDEX, arm] = math.inf
    return best(state[INDEX], rng)


@kernel_part
def update_gaussian(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """The sum of the rewards."""
    state[PULLS, arm] += 1.0
    state[SUMS, arm] += reward


class BayesUCB(Policy):
    """Bayes-UCB."""

    rule = "the largest 1 − 1/t quantile of the posterior"
    good_for = "problems with a known posterior where the choice should be deterministic"
    needs = "a prior"
    source = "Kaufmann, Cappé & Garivier 2012"
    recommended_for = (Placement(Kind.RARE_REWARDS, 4), Placement(Kind.BOUNDED, 4))
    assumptions = (no_contexts, constant_means, rewards_of_family(), prompt_rewards)

    class Settings(Settings):
        c: float = Field(0.0, ge=0, le=100, description="exponent of ln T; the proof needs 5")

    def functions(self, bed: Testbed) -> Functions:
        """By the testbed's family."""
        if family_of(bed, "auto") == "bernoulli":
            return select, update
        return select_gaussian, update_gaussian

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls."""
        scale = max(math.log(horizon), 1.0) ** self.settings.c
        return rows(bed.arms, scale, math.sqrt(bed.variance), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

    def bounds(self, problem: Problem) -> Sequence[Bound]:
        """Asymptotic optimality."""
        return asymptotic_optimality(problem, "Kaufmann 2018")
