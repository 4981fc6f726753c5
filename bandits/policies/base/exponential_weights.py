"""The kernels of EXP3 and EXP3.S (Auer, Cesa-Bianchi, Freund & Schapire 2002): exponential weights w of
importance-weighted rewards, mixed with uniform choice.

    p = (1 − γ) w / Σw + γ/K,   w_A ← w_A e^{γ r / (K p_A)},   and in EXP3.S  w ← w + (e α/K) Σw for every arm
"""

import math
from typing import Any

from bandits.policies.base.adversarial import ALPHA, CHANCES, GAMMA, LOSSES, draw, softmax
from bandits.policy import Floats
from explore.numerics.compiled import kernel_part


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """EXP3; the row LOSSES has ln w."""
    arms = state.shape[1]
    softmax(state, 1.0)
    for arm in range(arms):
        state[CHANCES, arm] = (1.0 - state[GAMMA, 0]) * state[CHANCES, arm] + state[GAMMA, 0] / arms
    return draw(state, rng)


@kernel_part
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
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
