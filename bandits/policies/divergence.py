"""Upper confidence bounds by divergence: the largest mean q that n pulls with average p leave plausible,

    U = max{q : n d(p, q) ≤ level}

with d the divergence of the family of rewards: for Bernoulli arms, and safely for any rewards in [0, 1],
d(p, q) = p ln(p/q) + (1−p) ln((1−p)/(1−q)); for Gaussian arms d(p, q) = (p−q)²/(2σ²). How the level grows with the
step t, the pulls n, the horizon T and the K arms makes the policy:

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
from bandits.randomness import best
from bandits.testbed import Testbed
from bandits.theory.divergences import kl_bernoulli, upper_bernoulli
from explore.compiled import kernel_part
from explore.errors import BadInput
from explore.spec import Settings

C, PLUS, VARIANCE, HORIZON, VALUES, PULLS, LOG_PULLS, INDEX, SOLVED, BOUND, LEVEL, SLOPE = range(12)


@kernel_part
def _bound(state: Floats, arm: int, level: float) -> float:
    """The bound of an arm; a variance of 0 stands for Bernoulli arms."""
    if state[VARIANCE, 0] == 0.0:
        return upper_bernoulli(state[VALUES, arm], level / state[PULLS, arm])
    return float(state[VALUES, arm] + math.sqrt(2.0 * state[VARIANCE, 0] * max(level, 0.0) / state[PULLS, arm]))


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
    if q <= p or (q >= 1.0 and state[VARIANCE, 0] == 0.0):
        slope = 0.0 if p >= 1.0 and state[VARIANCE, 0] == 0.0 else math.inf
    elif state[VARIANCE, 0] == 0.0:
        slope = q * (1.0 - q) / (n * (q - p))
    else:
        slope = state[VARIANCE, 0] / (n * (q - p))
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
    if state[VARIANCE, 0] == 0.0:
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
        spread = 0.25 if state[VARIANCE, 0] == 0.0 else state[VARIANCE, 0]
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
        value, pulls = state[VALUES, arm], state[PULLS, arm]
        if state[VARIANCE, 0] == 0.0:
            apart = kl_bernoulli(value, top)
        else:
            apart = (top - value) ** 2 / (2.0 * state[VARIANCE, 0])
        state[INDEX, arm] = -(pulls * apart + math.log(pulls))
    return best(state[INDEX], rng)


class _Divergence(Policy):
    """What these policies share: the family of rewards, and the state."""

    class Settings(Settings):
        family: str = Field(
            "auto",
            pattern="^(auto|bernoulli|gaussian)$",
            description="what rewards are taken for: auto, bernoulli or gaussian",
        )

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls."""
        family = family_of(bed, self.settings.family)
        variance = 0.0 if family == "bernoulli" else bed.variance
        c, plus = getattr(self.settings, "c", 0.0), float(isinstance(self, KLUCBPlus))
        return rows(bed.arms, c, plus, variance, float(horizon), 0.0, 0.0, 0.0, 0.0, 0.0, math.inf, 0.0, 0.0)


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

    select = staticmethod(select_largest)
    update = staticmethod(update_switch)


class IMED(_Divergence):
    """Indexed minimum empirical divergence."""

    select = staticmethod(select_imed)
    update = staticmethod(update)
