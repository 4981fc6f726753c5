"""Against an adversary: arms are drawn with chances p that no sequence of rewards in [0, 1] can exploit.

Only the pulled arm A is seen, so that every estimate is divided by its chance. K arms, t steps, T the horizon:

`exp3`         p = (1 − γ) w / Σw + γ/K,  w_A ← w_A e^{γ r / (K p_A)}          Auer et al. 2002b, figure 1
               γ = min(1, √(K ln K / ((e − 1) T))) where it is not given (corollary 3.2)
`exp3-s`       the same, and w ← w + (e α/K) Σw for every arm, so that an arm that was bad can come back (section 8)
               α = 1/T, γ = min(1, √(K (S ln(KT) + e) / ((e − 1) T))) for S − 1 changes (corollary 8.2)
`exp3-ix`      p ∝ e^{−η L}, L_A ← L_A + (1 − r) / (p_A + η/2), η = √(ln K / (K t))      Neu 2015, corollary 1
`tsallis-inf`  p_a = 4 (η (L_a − x))^{−2}, x such that they sum to 1, L_A ← L_A + (1 − r)/p_A, η = 2/√t
               Zimmert & Seldin 2021, algorithm 1 with importance weighting
"""

import math
from typing import Any

from pydantic import Field

from bandits.policies.shared import need_bounded
from bandits.policy import Floats, Policy, rows
from bandits.simulator.randomness import uniform
from bandits.testbed import Testbed
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part

GAMMA, ALPHA, STEP, LOSSES, CHANCES = range(5)


@kernel_part
def draw(state: Floats, rng: Any) -> int:
    """An arm drawn by CHANCES."""
    left = uniform(rng)
    for arm in range(state.shape[1] - 1):
        left -= state[CHANCES, arm]
        if left < 0.0:
            return arm
    return int(state.shape[1] - 1)


@kernel_part
def _softmax(state: Floats, sign: float) -> None:
    """CHANCES ∝ e^{sign · LOSSES}."""
    arms = state.shape[1]
    top = sign * state[LOSSES, 0]
    for arm in range(1, arms):
        top = max(top, sign * state[LOSSES, arm])
    total = 0.0
    for arm in range(arms):
        state[CHANCES, arm] = math.exp(sign * state[LOSSES, arm] - top)
        total += state[CHANCES, arm]
    for arm in range(arms):
        state[CHANCES, arm] /= total


@kernel_part
def select_exp3(state: Floats, t: int, rng: Any) -> int:
    """EXP3; the row LOSSES has ln w."""
    arms = state.shape[1]
    _softmax(state, 1.0)
    for arm in range(arms):
        state[CHANCES, arm] = (1.0 - state[GAMMA, 0]) * state[CHANCES, arm] + state[GAMMA, 0] / arms
    return draw(state, rng)


@kernel_part
def update_exp3(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """The weight of the pulled arm; with α > 0 a share of all weights for every arm."""
    arms = state.shape[1]
    if state[ALPHA, 0] > 0.0:
        # w_b + (eα/K) Σw, in logarithms, with the weights before the reward.
        top = state[LOSSES, 0]
        for other in range(1, arms):
            top = max(top, state[LOSSES, other])
        total = 0.0
        for other in range(arms):
            total += math.exp(state[LOSSES, other] - top)
        gained = state[GAMMA, 0] * reward / (arms * state[CHANCES, arm])
        for other in range(arms):
            own = math.exp(state[LOSSES, other] - top + (gained if other == arm else 0.0))
            state[LOSSES, other] = top + math.log(own + math.e * state[ALPHA, 0] / arms * total)
    else:
        state[LOSSES, arm] += state[GAMMA, 0] * reward / (arms * state[CHANCES, arm])


@kernel_part
def select_ix(state: Floats, t: int, rng: Any) -> int:
    """EXP3-IX."""
    arms = state.shape[1]
    step = math.sqrt(math.log(arms) / (arms * t))
    state[STEP, 0] = step
    _softmax(state, -step)
    return draw(state, rng)


@kernel_part
def update_ix(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """Implicit exploration: the estimate is biased downwards by η/2 in its divisor."""
    state[LOSSES, arm] += (1.0 - reward) / (state[CHANCES, arm] + 0.5 * state[STEP, 0])


@kernel_part
def select_tsallis(state: Floats, t: int, rng: Any) -> int:
    """Tsallis-INF; x by Newton's method from the side on which it converges without overshooting."""
    arms = state.shape[1]
    step = 2.0 / math.sqrt(t)
    least = state[LOSSES, 0]
    for arm in range(1, arms):
        least = min(least, state[LOSSES, arm])
    # From below, Σp ≤ 1 at x = least − 2√K/η; where one arm alone has all, x = least − 2/η.
    x = least - 2.0 / step
    for _ in range(50):
        total, slope = 0.0, 0.0
        for arm in range(arms):
            root = 2.0 / (step * (state[LOSSES, arm] - x))
            total += root * root
            slope += root * root * root * step
        move = (total - 1.0) / slope
        x -= move
        if abs(move) < 1e-12 * (1.0 + abs(x)):
            break
    total = 0.0
    for arm in range(arms):
        root = 2.0 / (step * (state[LOSSES, arm] - x))
        state[CHANCES, arm] = root * root
        total += root * root
    for arm in range(arms):
        state[CHANCES, arm] /= total
    return draw(state, rng)


@kernel_part
def update_tsallis(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """The importance-weighted loss."""
    state[LOSSES, arm] += (1.0 - reward) / state[CHANCES, arm]


class _Adversarial(Policy):
    """What these policies share: they need rewards in [0, 1]."""

    def constants(self, arms: int, horizon: int) -> tuple[float, float]:
        """γ and α."""
        return 0.0, 0.0

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """Equal chances; BadInput where rewards may leave [0, 1]."""
        need_bounded(type(self).__name__, bed)
        gamma, alpha = self.constants(bed.arms, horizon)
        return rows(bed.arms, gamma, alpha, 0.0, 0.0, 1.0 / bed.arms)


class EXP3(_Adversarial):
    """EXP3."""

    class Settings(Settings):
        gamma: float = Field(0.0, ge=0, le=1, description="share of uniform choice; 0 for the one tuned to the horizon")

    select = staticmethod(select_exp3)
    update = staticmethod(update_exp3)

    def constants(self, arms: int, horizon: int) -> tuple[float, float]:
        """γ as it is set, or tuned."""
        tuned = min(1.0, math.sqrt(arms * math.log(arms) / ((math.e - 1.0) * horizon)))
        return self.settings.gamma or tuned, 0.0


class EXP3S(_Adversarial):
    """EXP3.S."""

    class Settings(Settings):
        gamma: float = Field(0.0, ge=0, le=1, description="share of uniform choice; 0 for the one tuned to the horizon")
        alpha: float = Field(0.0, ge=0, description="share of all weights that each arm gets; 0 for 1 / horizon")
        changes: int = Field(1, ge=0, description="how often the best arm changes, for the tuned gamma")

    select = staticmethod(select_exp3)
    update = staticmethod(update_exp3)

    def constants(self, arms: int, horizon: int) -> tuple[float, float]:
        """γ and α as they are set, or tuned."""
        parts = (self.settings.changes + 1) * math.log(arms * horizon) + math.e
        tuned = min(1.0, math.sqrt(arms * parts / ((math.e - 1.0) * horizon)))
        return self.settings.gamma or tuned, self.settings.alpha or 1.0 / horizon


class EXP3IX(_Adversarial):
    """EXP3 with implicit exploration."""

    select = staticmethod(select_ix)
    update = staticmethod(update_ix)


class TsallisINF(_Adversarial):
    """Tsallis-INF."""

    select = staticmethod(select_tsallis)
    update = staticmethod(update_tsallis)
