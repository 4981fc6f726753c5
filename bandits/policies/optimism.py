"""Optimism beyond UCB1: the arm with the largest average plus width, after each has been tried once.

With n pulls of an arm, average Q, K arms, horizon T, t pulls so far, variance V of the arm's rewards, and σ² the
variance that a reward can have (1/4 for rewards in [0, 1], where the formulas are those of the papers):

`ucb-tuned`     √(ln t / n · min(σ², V + √(2 ln t / n)))           Auer, Cesa-Bianchi & Fischer 2002, section 4
`ucb-v`         √(2 ζ V ln t / n) + 3 c ζ ln t / n                 Audibert, Munos & Szepesvári 2009, equation 2
`moss`          √(4σ² ln₊(T / (K n)) / n)                          Audibert & Bubeck 2009, section 2
`moss-anytime`  √(2(1 + α)σ² ln₊(t / (K n)) / n), α = 1.35         Degenne & Perchet 2016, equation 1
`ocucb`         √(α σ² ln(ψ T / t) / n), α = 3, ψ = 2              Lattimore 2015 (arXiv:1507.07880), algorithm 1
"""

import math
from typing import Any

from pydantic import Field

from bandits.policies.shared import untried
from bandits.policy import Floats, Policy, rows
from bandits.simulator.randomness import best
from bandits.testbed import Testbed
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part

FIRST, SECOND, SPREAD, HORIZON, VALUES, PULLS, DEVIATIONS, INDEX = range(8)


@kernel_part
def select_tuned(state: Floats, t: int, rng: Any) -> int:
    """UCB-tuned."""
    if not untried(state, PULLS, INDEX):
        log = math.log(t - 1.0)
        for arm in range(state.shape[1]):
            pulls = state[PULLS, arm]
            variance = state[DEVIATIONS, arm] / pulls + math.sqrt(2.0 * log / pulls)
            state[INDEX, arm] = state[VALUES, arm] + math.sqrt(log / pulls * min(state[SPREAD, 0], variance))
    return best(state[INDEX], rng)


@kernel_part
def select_v(state: Floats, t: int, rng: Any) -> int:
    """UCB-V; FIRST is ζ, SECOND is c."""
    if not untried(state, PULLS, INDEX):
        exploration = state[FIRST, 0] * math.log(t - 1.0)
        for arm in range(state.shape[1]):
            pulls = state[PULLS, arm]
            width = math.sqrt(2.0 * exploration * state[DEVIATIONS, arm]) / pulls
            state[INDEX, arm] = state[VALUES, arm] + width + 3.0 * state[SECOND, 0] * exploration / pulls
    return best(state[INDEX], rng)


@kernel_part
def _widened(state: Floats, share: float) -> None:
    """INDEX = Q + √(FIRST · ln₊(share / n) / n)."""
    for arm in range(state.shape[1]):
        pulls = state[PULLS, arm]
        level = max(math.log(share / pulls), 0.0)
        state[INDEX, arm] = state[VALUES, arm] + math.sqrt(state[FIRST, 0] * level / pulls)


@kernel_part
def select_moss(state: Floats, t: int, rng: Any) -> int:
    """MOSS; FIRST is 4σ²."""
    if not untried(state, PULLS, INDEX):
        _widened(state, state[HORIZON, 0] / state.shape[1])
    return best(state[INDEX], rng)


@kernel_part
def select_moss_anytime(state: Floats, t: int, rng: Any) -> int:
    """MOSS-anytime; FIRST is 2(1 + α)σ²."""
    if not untried(state, PULLS, INDEX):
        _widened(state, (t - 1.0) / state.shape[1])
    return best(state[INDEX], rng)


@kernel_part
def select_ocucb(state: Floats, t: int, rng: Any) -> int:
    """OCUCB; FIRST is ασ², SECOND is ψ."""
    if not untried(state, PULLS, INDEX):
        level = state[FIRST, 0] * math.log(state[SECOND, 0] * state[HORIZON, 0] / t)
        for arm in range(state.shape[1]):
            state[INDEX, arm] = state[VALUES, arm] + math.sqrt(level / state[PULLS, arm])
    return best(state[INDEX], rng)


@kernel_part
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """Average and sum of squared deviations (Welford 1962)."""
    state[PULLS, arm] += 1.0
    before = reward - state[VALUES, arm]
    state[VALUES, arm] += before / state[PULLS, arm]
    state[DEVIATIONS, arm] += before * (reward - state[VALUES, arm])


class _Optimist(Policy):
    """What these policies share."""

    update = staticmethod(update)

    def constants(self, variance: float) -> tuple[float, float]:
        """FIRST and SECOND."""
        return 0.0, 0.0

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls."""
        return rows(bed.arms, *self.constants(bed.variance), bed.variance, float(horizon), 0.0, 0.0, 0.0, 0.0)


class UCBTuned(_Optimist):
    """UCB-tuned."""

    select = staticmethod(select_tuned)


class UCBV(_Optimist):
    """UCB-V."""

    class Settings(Settings):
        zeta: float = Field(1.2, gt=0, description="factor of ln t")
        c: float = Field(1.0, ge=0, description="factor of the term that bounds the rewards' range")

    select = staticmethod(select_v)

    def constants(self, variance: float) -> tuple[float, float]:
        """ζ and c."""
        return self.settings.zeta, self.settings.c


class MOSS(_Optimist):
    """Minimax optimal strategy in the stochastic case."""

    select = staticmethod(select_moss)

    def constants(self, variance: float) -> tuple[float, float]:
        """4σ²."""
        return 4.0 * variance, 0.0


class MOSSAnytime(_Optimist):
    """MOSS without a horizon."""

    class Settings(Settings):
        alpha: float = Field(1.35, ge=0, description="how much more it explores than MOSS")

    select = staticmethod(select_moss_anytime)

    def constants(self, variance: float) -> tuple[float, float]:
        """2(1 + α)σ²."""
        return 2.0 * (1.0 + self.settings.alpha) * variance, 0.0


class OCUCB(_Optimist):
    """Optimally confident UCB."""

    class Settings(Settings):
        alpha: float = Field(3.0, gt=2, description="factor of the width; the proof needs more than 2")
        psi: float = Field(2.0, ge=2, description="factor of the horizon under the logarithm")

    select = staticmethod(select_ocucb)

    def constants(self, variance: float) -> tuple[float, float]:
        """ασ² and ψ."""
        return self.settings.alpha * variance, self.settings.psi
