"""Tsallis-INF (Zimmert & Seldin 2021, algorithm 1 with importance weighting): near-optimal
regret both against an adversary and on stationary arms.

    p_a = 4 (η (L_a − x))^{−2}, x such that they sum to 1,   L_A ← L_A + (1 − r)/p_A,   η = 2/√t
"""

import math
from collections.abc import Sequence
from typing import Any

from bandits.policies.base.adversarial import CHANCES, LOSSES, Adversarial, draw
from bandits.policies.base.assumptions import adversarial_rewards, best_single_arm, no_contexts
from bandits.policy import Floats
from bandits.problem_kinds import Kind, Placement
from bandits.theory.bounds.statement import Bound, Problem
from explore.numerics.compiled import kernel_part


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
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
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """The importance-weighted loss."""
    state[LOSSES, arm] += (1.0 - reward) / state[CHANCES, arm]


class TsallisINF(Adversarial):
    """Tsallis-INF."""

    rule = "probabilities 4/(η(L − x))² of importance-weighted losses L"
    good_for = "not knowing whether arms are stationary or adversarial: near-optimal in both"
    needs = "rewards in [0, 1]"
    source = "Zimmert & Seldin 2021"
    recommended_for = (Placement(Kind.ADVERSARIAL, 1),)
    compared_on = (Placement(Kind.OTHER_BOUNDED, 8),)
    assumptions = (no_contexts, best_single_arm, adversarial_rewards)

    select = staticmethod(select)
    update = staticmethod(update)

    def bounds(self, problem: Problem) -> Sequence[Bound]:
        """4√(KT) + 1 with importance weights and η_t = 2/√t, against any sequence of rewards in [0, 1]."""
        if not problem.bounded:
            return []
        value = 4 * math.sqrt(problem.arms * problem.horizon) + 1
        source, note = "Zimmert & Seldin 2021, Theorem 1", "holds for adversaries too"
        return [Bound("Tsallis-INF", value, "4√(KT) + 1", source, kind="worst case", note=note)]
