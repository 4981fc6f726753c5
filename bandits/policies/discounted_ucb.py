"""Discounted UCB: X̄ + 2B√(ξ ln n / N), N = Σ_s γ^{t−s} 1[A_s = a], n = ΣN, X̄ the average with the same weights, B the
range of the rewards (Garivier & Moulines 2011, equation 3; ξ = 0.6)."""

import math
from typing import Any

from pydantic import Field

from bandits.policies.base.assumptions import gradual_changes, no_contexts, prompt_rewards
from bandits.policies.base.forgetting import PULLS, Discounted, largest, reward_range
from bandits.policies.base.forgetting import update_discounted as update
from bandits.policy import Floats
from bandits.problem_kinds import Kind, Placement
from bandits.testbed import Testbed
from explore.numerics.compiled import kernel_part


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """Discounted UCB."""
    total = 0.0
    for arm in range(state.shape[1]):
        total += state[PULLS, arm]
    return largest(state, math.log(max(total, 1.0)), 2.0, rng)


class DiscountedUCB(Discounted):
    """Discounted UCB."""

    rule = "UCB on rewards that are discounted by γ a step"
    good_for = "arms that change slowly"
    needs = "a discount that fits the rate of change"
    source = "Garivier & Moulines 2011"
    compared_on = (Placement(Kind.CHANGING_BOUNDED, 4), Placement(Kind.CHANGING, 5))
    assumptions = (no_contexts, gradual_changes, prompt_rewards)

    class Settings(Discounted.Settings):
        xi: float = Field(0.6, gt=0, description="factor ξ under the root; the proof needs more than 1/2")

    select = staticmethod(select)
    update = staticmethod(update)

    def width(self, bed: Testbed) -> tuple[float, float]:
        """ξ and B."""
        return self.settings.xi, reward_range(bed)
