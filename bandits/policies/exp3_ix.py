"""EXP3-IX, EXP3 with implicit exploration (Neu 2015, corollary 1). K arms:

p ∝ e^{−η L},   L_A ← L_A + (1 − r) / (p_A + η/2),   η = √(ln K / (K t))
"""

import math
from typing import Any

from bandits.policies.base.adversarial import CHANCES, LOSSES, STEP, Adversarial, draw, softmax
from bandits.policies.base.assumptions import adversarial_rewards, best_single_arm, no_contexts
from bandits.policy import Floats
from bandits.problem_kinds import Kind, Placement
from explore.numerics.compiled import kernel_part


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """EXP3-IX."""
    arms = state.shape[1]
    step = math.sqrt(math.log(arms) / (arms * t))
    state[STEP, 0] = step
    softmax(state, -step)
    return draw(state, rng)


@kernel_part
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """Implicit exploration: the estimate is biased downwards by η/2 in its divisor."""
    state[LOSSES, arm] += (1.0 - reward) / (state[CHANCES, arm] + 0.5 * state[STEP, 0])


class EXP3IX(Adversarial):
    """EXP3 with implicit exploration."""

    rule = "exponential weights of losses, biased so that the regret is bounded with high probability"
    good_for = "adversaries, where the regret must be small with high probability and not only on average"
    needs = "rewards in [0, 1]"
    source = "Neu 2015"
    recommended_for = (Placement(Kind.ADVERSARIAL, 2),)
    assumptions = (no_contexts, best_single_arm, adversarial_rewards)

    draw_rows = (STEP, CHANCES)
    select = staticmethod(select)
    update = staticmethod(update)
