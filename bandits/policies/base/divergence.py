"""Upper confidence bounds by divergence: the largest mean q that is plausible after n pulls with average p,

    U = max{q : n d(p, q) ≤ level}

with d the divergence of the family of rewards: for Bernoulli arms, and safely for any rewards in [0, 1], d(p, q) = p
ln(p/q) + (1−p) ln((1−p)/(1−q)); for Gaussian arms (p−q)²/(2σ²), for Poisson arms q − p + p ln(p/q), for exponential
arms p/q − 1 − ln(p/q). The policies differ in how the level depends on the step t, the pulls n, the horizon T and the K
arms. Rewards outside [0, 1] are cut off at its ends for Bernoulli arms.

An equation is solved only where it can change the choice. d is convex in q, so the tangent at an earlier solution,
extrapolated to the current level, is an upper bound of the current solution that costs one multiplication. Only arms
whose upper bound exceeds every solved index are solved again.
"""

import math
from typing import Any

from pydantic import Field

from bandits.policies.base.first_pulls import untried
from bandits.policy import Floats, Policy, rows
from bandits.simulator.randomness import best
from bandits.testbed import Testbed
from bandits.theory.divergences import (
    kl_bernoulli,
    kl_exponential,
    kl_gaussian,
    kl_poisson,
    upper_bernoulli,
    upper_exponential,
    upper_gaussian,
    upper_poisson,
)
from explore.core.spec import Settings
from explore.errors import BadInput
from explore.numerics.compiled import kernel_part

C, PLUS, FAMILY, HORIZON, VALUES, PULLS, LOG_PULLS, INDEX, SOLVED, BOUND, LEVEL, SLOPE = range(12)
BERNOULLI, POISSON, EXPONENTIAL = 0.0, -1.0, -2.0  # in the row FAMILY; above 0 it is the variance of Gaussian arms


@kernel_part
def upper_bound(state: Floats, arm: int, level: float) -> float:
    """The bound of an arm."""
    p, d, family = state[VALUES, arm], level / state[PULLS, arm], state[FAMILY, 0]
    if family == BERNOULLI:
        return upper_bernoulli(p, d)
    if family == POISSON:
        return upper_poisson(p, d)
    if family == EXPONENTIAL:
        return upper_exponential(p, d)
    return upper_gaussian(p, d, family)


@kernel_part
def _variance(family: float, mean: float) -> float:
    """The variance of rewards of this mean, v: d′(p, q) = (q − p)/v(q)."""
    if family == BERNOULLI:
        return mean * (1.0 - mean)
    if family == POISSON:
        return mean
    return mean * mean if family == EXPONENTIAL else family


@kernel_part
def divergence(family: float, p: float, q: float) -> float:
    """d(p, q)."""
    if family == BERNOULLI:
        return kl_bernoulli(p, q)
    if family == POISSON:
        return kl_poisson(p, q)
    return kl_exponential(p, q) if family == EXPONENTIAL else kl_gaussian(p, q, family)


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """The largest bound of KL-UCB, or with PLUS of KL-UCB+."""
    if untried(state, PULLS, INDEX):
        return best(state[INDEX], rng)
    growing = math.log(t - 1.0)
    if state[C, 0] != 0.0 and growing > 1.0:
        growing += state[C, 0] * math.log(growing)
    for arm in range(state.shape[1]):
        level = growing - state[PLUS, 0] * state[LOG_PULLS, arm]
        state[INDEX, arm] = state[BOUND, arm] + (level - state[LEVEL, arm]) * state[SLOPE, arm]
        state[SOLVED, arm] = 0.0
    while True:
        arm = _unsolved(state)
        if arm < 0:
            return best(state[INDEX], rng)
        level = growing - state[PLUS, 0] * state[LOG_PULLS, arm]
        _solve(state, arm, level)
        state[INDEX, arm] = state[BOUND, arm]
        state[SOLVED, arm] = 1.0


@kernel_part
def _solve(state: Floats, arm: int, level: float) -> None:
    """The bound at a level, and its slope there: dq/dlevel = 1 / (n d′(p, q))."""
    p, n = state[VALUES, arm], state[PULLS, arm]
    q = upper_bound(state, arm, level)
    if q <= p or (q >= 1.0 and state[FAMILY, 0] == BERNOULLI):
        slope = 0.0 if p >= 1.0 and state[FAMILY, 0] == BERNOULLI else math.inf
    else:
        slope = _variance(state[FAMILY, 0], q) / (n * (q - p))
    # An infinite slope would make 0 · ∞ at the same level: a level just below stands for it.
    state[BOUND, arm], state[SLOPE, arm] = q, slope
    state[LEVEL, arm] = level if slope < math.inf else -math.inf


@kernel_part
def _unsolved(state: Floats) -> int:
    """An arm whose index is largest and only a ceiling; −1 where every largest index is solved."""
    top, largest = -math.inf, -1
    for arm in range(state.shape[1]):
        if state[INDEX, arm] > top or (state[INDEX, arm] == top and state[SOLVED, arm] == 0.0):
            top, largest = state[INDEX, arm], arm
    return -1 if state[SOLVED, largest] != 0.0 else largest


@kernel_part
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """The sample average; no bound of the arm holds any longer."""
    if state[FAMILY, 0] == BERNOULLI:
        reward = min(max(reward, 0.0), 1.0)
    state[PULLS, arm] += 1.0
    state[VALUES, arm] += (reward - state[VALUES, arm]) / state[PULLS, arm]
    state[LOG_PULLS, arm] = math.log(state[PULLS, arm])
    state[BOUND, arm], state[LEVEL, arm], state[SLOPE, arm] = math.inf, 0.0, 0.0


@kernel_part
def select_largest(state: Floats, t: int, rng: Any) -> int:
    """The largest index, where only a pull changes it."""
    if untried(state, PULLS, INDEX):
        return best(state[INDEX], rng)
    return best(state[BOUND], rng)


@kernel_part
def positive_log(x: float) -> float:
    return max(math.log(x), 0.0)


class DivergencePolicy(Policy):
    """Base class: the family of rewards, and the state."""

    class Settings(Settings):
        family: str = Field(
            "auto",
            pattern="^(auto|bernoulli|gaussian|poisson|exponential)$",
            description="model of the rewards: auto (by the testbed), bernoulli, gaussian, poisson, exponential",
        )

    def constants(self) -> tuple[float, float]:
        """The factor of ln ln t, and 1 where the level is ln(t/n)."""
        return 0.0, 0.0

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls."""
        family = self.family(bed)
        codes = {"bernoulli": BERNOULLI, "poisson": POISSON, "exponential": EXPONENTIAL, "gaussian": bed.variance}
        own = (*self.constants(), codes[family], float(horizon))
        return rows(bed.arms, *own, 0.0, 0.0, 0.0, 0.0, 0.0, math.inf, 0.0, 0.0)

    def family(self, bed: Testbed) -> str:
        """The model of the rewards; BadInput where they may be outside of the family's range."""
        asked = str(self.settings.family)
        if asked == "auto" and bed.family in ("poisson", "exponential"):
            return bed.family
        if asked in ("poisson", "exponential") and not (bed.bounded or bed.family in ("poisson", "exponential")):
            raise BadInput(f"family={asked} needs rewards of at least 0, and those of this testbed are {bed.family}.")
        return asked if asked in ("poisson", "exponential") else family_of(bed, asked)


def family_of(bed: Testbed, asked: str) -> str:
    """`asked`, or the testbed's: bernoulli for rewards in [0, 1], else gaussian; BadInput where they do not fit."""
    own = "bernoulli" if bed.bounded else "gaussian"
    if asked == "bernoulli" and own != "bernoulli":
        raise BadInput(f"family=bernoulli needs rewards in [0, 1], and those of this testbed are {bed.family}.")
    return own if asked == "auto" else asked
