"""EXP3 (Auer, Cesa-Bianchi, Freund & Schapire 2002, figure 1): exponential weights against an adversary.

K arms, T steps:

    p = (1 − γ) w / Σw + γ/K,   w_A ← w_A e^{γ r / (K p_A)},   γ = min(1, √(K ln K / ((e − 1) T))) where it is not given
(corollary 3.2)
"""

import math
from collections.abc import Sequence

from pydantic import Field

from bandits.policies.base.adversarial import Adversarial
from bandits.policies.base.assumptions import adversarial_rewards, best_single_arm, no_contexts
from bandits.policies.base.exponential_weights import select, update
from bandits.theory.bounds.statement import Bound, Problem
from explore.core.spec import Settings


class EXP3(Adversarial):
    """EXP3."""

    rule = "probabilities by exponential weights of importance-weighted rewards"
    good_for = "rewards chosen by an adversary; on stationary arms its regret is larger than that of other policies"
    needs = "rewards in [0, 1]"
    source = "Auer et al. 2002, SIAM J. Computing"
    assumptions = (no_contexts, best_single_arm, adversarial_rewards)

    class Settings(Settings):
        gamma: float = Field(0.0, ge=0, le=1, description="share of uniform choice; 0 for the one tuned to the horizon")

    select = staticmethod(select)
    update = staticmethod(update)

    def constants(self, arms: int, horizon: int) -> tuple[float, float]:
        """γ as it is set, or tuned."""
        tuned = min(1.0, math.sqrt(arms * math.log(arms) / ((math.e - 1.0) * horizon)))
        return self.settings.gamma or tuned, 0.0

    def bounds(self, problem: Problem) -> Sequence[Bound]:
        """(e − 1)γT + K ln K/γ for a constant γ in (0, 1], against any sequence of rewards in [0, 1].

        With x̂ the importance-weighted rewards, at most K/γ, and G what is earned, e^x ≤ 1 + x + (e−2)x² for x ≤ 1 gives
        (γ/K)Σ_t x̂_j − ln K ≤ ln(W_{T+1}/W_1) ≤ [(γ/K)G + (e−2)(γ/K)²Σ_tΣ_i x̂_i] / (1−γ) for any arm j. Times
        (1−γ)K/γ, in expectation, with Σ_tΣ_i x_i ≤ K G_max, this is G_max − E G ≤ (e−1)γ G_max + (1−γ) K ln K/γ.
        """
        gamma, _ = self.constants(problem.arms, problem.horizon)
        if not problem.bounded or gamma <= 0.0:
            return []
        value = (math.e - 1) * gamma * problem.horizon + problem.arms * math.log(problem.arms) / gamma
        source = "Auer, Cesa-Bianchi, Freund & Schapire 2002, Theorem 3.1"
        note = "holds for adversaries too"
        return [Bound("EXP3", value, "(e−1)γT + K ln K/γ", source, kind="worst case", note=note)]
