"""Policies against an adversary: arms are drawn with probabilities p, and only the reward of the pulled arm A is
observed, so that every estimate is divided by its probability. Rewards lie in [0, 1]."""

import math
from typing import Any

from bandits.policies.base.rewards import need_bounded
from bandits.policy import Floats, Policy, rows
from bandits.simulator.randomness import uniform
from bandits.testbed import Testbed
from explore.numerics.compiled import kernel_part

GAMMA, ALPHA, STEP, LOSSES, CHANCES = range(5)


@kernel_part
def draw(state: Floats, rng: Any) -> int:
    """An arm drawn by CHANCES; where rounding leaves a rest, the last with a chance, as rewards are divided by it."""
    left, last = uniform(rng), 0
    for arm in range(state.shape[1]):
        if state[CHANCES, arm] > 0.0:
            last = arm
            left -= state[CHANCES, arm]
            if left < 0.0:
                return arm
    return last


@kernel_part
def softmax(state: Floats, sign: float) -> None:
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


class Adversarial(Policy):
    """Base class: rewards must lie in [0, 1], and are divided by the probability at the draw."""

    draw_rows: tuple[int, ...] = (CHANCES,)

    def constants(self, arms: int, horizon: int) -> tuple[float, float]:
        """γ and α."""
        return 0.0, 0.0

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """Equal probabilities; BadInput where rewards may leave [0, 1]."""
        need_bounded(type(self).__name__, bed)
        gamma, alpha = self.constants(bed.arms, horizon)
        return rows(bed.arms, gamma, alpha, 0.0, 0.0, 1.0 / bed.arms)
