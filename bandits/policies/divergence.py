"""Upper confidence bounds by divergence: the largest mean q that n pulls with average p leave plausible,

    U = max{q : n d(p, q) ≤ level}

with d the divergence of the family of rewards: for Bernoulli arms, and safely for any rewards in [0, 1],
d(p, q) = p ln(p/q) + (1−p) ln((1−p)/(1−q)); for Gaussian arms (p−q)²/(2σ²), for Poisson arms q − p + p ln(p/q), for
exponential arms p/q − 1 − ln(p/q). How the level grows with the step t, the pulls n, the horizon T and the K arms makes
the policy:

`kl-ucb`             ln t + c ln ln t                    Garivier & Cappé 2011, algorithm 1; c = 0 as they advise
`kl-ucb-plus`        ln(t/n)                             the same, section 3; analysed by Kaufmann 2018
`kl-ucb-plus-plus`   g(n) = ln₊(T/(Kn) (ln₊²(T/(Kn)) + 1))          Ménard & Garivier 2017, equation 3
`kl-ucb-switch`      ln₊(T/(Kn)), and the bound of MOSS, p + √(ln₊(T/(Kn))/(2n)), once n > (T/K)^{1/5}
                     Garivier, Hadiji, Ménard & Stoltz 2022, equation 9
`imed`               no bound: the arm with the smallest n d(p, p*) + ln n, p* the largest average
                     Honda & Takemura 2015, definition 1

ln₊ = max(ln, 0); t counts the pulls made so far. Rewards outside [0, 1] are cut off at its ends for Bernoulli arms.

An equation is solved only where it can matter. d is convex in q, so that the tangent at an older solution, carried on
to today's level, lies above today's: a ceiling for the price of a multiplication. Only arms whose ceiling is above
every solved bound are solved anew.
"""

import math
from typing import Any

from pydantic import Field

from bandits.policies.shared import is_bounded, untried
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
def _bound(state: Floats, arm: int, level: float) -> float:
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
def apart(family: float, p: float, q: float) -> float:
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
    q = _bound(state, arm, level)
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
    top, found = -math.inf, -1
    for arm in range(state.shape[1]):
        if state[INDEX, arm] > top or (state[INDEX, arm] == top and state[SOLVED, arm] == 0.0):
            top, found = state[INDEX, arm], arm
    return -1 if state[SOLVED, found] != 0.0 else found


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
def _positive_log(x: float) -> float:
    return max(math.log(x), 0.0)


@kernel_part
def update_plus_plus(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """The bound of KL-UCB++ of the pulled arm."""
    update(state, arm, reward, rng)
    share = state[HORIZON, 0] / (state.shape[1] * state[PULLS, arm])
    level = _positive_log(share * (_positive_log(share) ** 2 + 1.0))
    state[BOUND, arm] = _bound(state, arm, level)


@kernel_part
def update_switch(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """The bound of KL-UCB-switch of the pulled arm."""
    update(state, arm, reward, rng)
    level = _positive_log(state[HORIZON, 0] / (state.shape[1] * state[PULLS, arm]))
    if state[PULLS, arm] <= (state[HORIZON, 0] / state.shape[1]) ** 0.2:
        state[BOUND, arm] = _bound(state, arm, level)
    else:
        spread = 0.25 if state[FAMILY, 0] == BERNOULLI else state[FAMILY, 0]
        state[BOUND, arm] = state[VALUES, arm] + math.sqrt(2.0 * spread * level / state[PULLS, arm])


@kernel_part
def select_imed(state: Floats, t: int, rng: Any) -> int:
    """The smallest n d(p, p*) + ln n."""
    arms = state.shape[1]
    if untried(state, PULLS, INDEX):
        return best(state[INDEX], rng)
    top = -math.inf
    for arm in range(arms):
        top = max(top, state[VALUES, arm])
    for arm in range(arms):
        pulls = state[PULLS, arm]
        state[INDEX, arm] = -(pulls * apart(state[FAMILY, 0], state[VALUES, arm], top) + math.log(pulls))
    return best(state[INDEX], rng)


class _Divergence(Policy):
    """What these policies share: the family of rewards, and the state."""

    class Settings(Settings):
        family: str = Field(
            "auto",
            pattern="^(auto|bernoulli|gaussian|poisson|exponential)$",
            description="what rewards are taken for: auto (by the testbed), bernoulli, gaussian, poisson, exponential",
        )

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls."""
        family = self.family(bed)
        codes = {"bernoulli": BERNOULLI, "poisson": POISSON, "exponential": EXPONENTIAL, "gaussian": bed.variance}
        c, plus = getattr(self.settings, "c", 0.0), float(isinstance(self, KLUCBPlus))
        return rows(bed.arms, c, plus, codes[family], float(horizon), 0.0, 0.0, 0.0, 0.0, 0.0, math.inf, 0.0, 0.0)

    def family(self, bed: Testbed) -> str:
        """What rewards are taken for; BadInput where they may be outside of the family's range."""
        asked = str(self.settings.family)
        if asked == "auto" and bed.family in ("poisson", "exponential"):
            return bed.family
        if asked in ("poisson", "exponential") and not (is_bounded(bed) or bed.family in ("poisson", "exponential")):
            raise BadInput(f"family={asked} needs rewards of at least 0, and those of this testbed are {bed.family}.")
        return asked if asked in ("poisson", "exponential") else family_of(bed, asked)


def family_of(bed: Testbed, asked: str) -> str:
    """`asked`, or the testbed's: bernoulli for rewards in [0, 1], else gaussian; BadInput where they do not fit."""
    own = "bernoulli" if is_bounded(bed) else "gaussian"
    if asked == "bernoulli" and own != "bernoulli":
        raise BadInput(f"family=bernoulli needs rewards in [0, 1], and those of this testbed are {bed.family}.")
    return own if asked == "auto" else asked


class KLUCB(_Divergence):
    """KL-UCB."""

    class Settings(_Divergence.Settings):
        c: float = Field(0.0, ge=0, description="factor of ln ln t")

    select = staticmethod(select)
    update = staticmethod(update)


class KLUCBPlus(_Divergence):
    """KL-UCB+."""

    select = staticmethod(select)
    update = staticmethod(update)


class KLUCBPlusPlus(_Divergence):
    """KL-UCB++."""

    select = staticmethod(select_largest)
    update = staticmethod(update_plus_plus)


class KLUCBSwitch(_Divergence):
    """KL-UCB-switch."""

    class Settings(Settings):
        family: str = Field(
            "auto",
            pattern="^(auto|bernoulli|gaussian)$",
            description="what rewards are taken for: auto (by the testbed), bernoulli or gaussian",
        )

    def family(self, bed: Testbed) -> str:
        """Bernoulli for rewards in [0, 1], else Gaussian: the bound that it switches to is of these."""
        return family_of(bed, str(self.settings.family))

    select = staticmethod(select_largest)
    update = staticmethod(update_switch)


class IMED(_Divergence):
    """Indexed minimum empirical divergence."""

    select = staticmethod(select_imed)
    update = staticmethod(update)
