"""EXP3.S (Auer, Cesa-Bianchi, Freund & Schapire 2002, section 8): EXP3 with w ← w + (e α/K) Σw for every arm, so that
the best arm can change. K arms, T steps, S − 1 changes of the best arm:

    α = 1/T,   γ = min(1, √(K (S ln(KT) + e) / ((e − 1) T)))   (corollary 8.2)
"""

import math
from collections.abc import Sequence

from pydantic import Field

from bandits.policies.base.adversarial import Adversarial
from bandits.policies.base.assumptions import adversarial_rewards, no_contexts
from bandits.policies.base.exponential_weights import select, update
from bandits.theory.bounds.statement import Bound, Problem
from explore.core.spec import Settings


class EXP3S(Adversarial):
    """EXP3.S."""

    rule = "EXP3 whose weights stay above a share of their sum, so that the best arm can change"
    good_for = "adversaries whose best arm changes"
    needs = "how often it changes"
    source = "Auer et al. 2002, section 8"
    assumptions = (no_contexts, adversarial_rewards)
    bounds_assume = "piecewise constant means"

    class Settings(Settings):
        gamma: float = Field(0.0, ge=0, le=1, description="share of uniform choice; 0 for the one tuned to the horizon")
        alpha: float = Field(0.0, ge=0, description="share of all weights that each arm gets; 0 for 1 / horizon")
        changes: int = Field(1, ge=0, description="how often the best arm changes, for the tuned gamma")

    select = staticmethod(select)
    update = staticmethod(update)

    def constants(self, arms: int, horizon: int) -> tuple[float, float]:
        """γ and α as they are set, or tuned."""
        parts = (self.settings.changes + 1) * math.log(arms * horizon) + math.e
        tuned = min(1.0, math.sqrt(arms * parts / ((math.e - 1.0) * horizon)))
        return self.settings.gamma or tuned, self.settings.alpha or 1.0 / horizon

    def bounds(self, problem: Problem) -> Sequence[Bound]:
        """(e − 1)γT + K(S ln(K/α) + eαT)/γ against the best arm of each of S stretches of time, rewards in [0, 1].

        As for EXP3: a step multiplies the weights' sum W by eα more at most, and arm j ends a stretch with at least
        (α/K)e^{(γ/K)Σx̂_j} of the W that it began with (with e^{(γ/K)x̂_j} ≤ e for the first step). Hence in each stretch
        (γ/K)Σ_t x̂_j − ln(K/α) ≤ [(γ/K)G + (e−2)(γ/K)²Σ_tΣ_i x̂_i] / (1−γ) + eα·(its steps); these are added up. Needs
        α ≤ 1.
        """
        arms, horizon = problem.arms, problem.horizon
        gamma, alpha = self.constants(arms, horizon)
        if not problem.bounded or gamma <= 0.0 or alpha > 1:
            return []
        value = (math.e - 1) * gamma * horizon
        value += arms * (problem.stretches * math.log(arms / alpha) + math.e * alpha * horizon) / gamma
        formula = "(e−1)γT + K(S ln(K/α) + eαT)/γ"
        source = "Auer, Cesa-Bianchi, Freund & Schapire 2002, Theorem 8.1"
        return [Bound("EXP3.S", value, formula, source, kind="worst case", note="holds for adversaries too")]
