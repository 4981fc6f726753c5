"""Sliding-window UCB: X̄ + B√(ξ ln min(t, τ) / N) over the last τ steps, N the pulls of the arm among them, B the range
of the rewards (Garivier & Moulines 2011, equation 5; ξ = 0.6)."""

import math
from typing import Any

from pydantic import Field

from bandits.policies.base.assumptions import gradual_changes, no_contexts, prompt_rewards
from bandits.policies.base.forgetting import MEMORY, Windowed, largest, reward_range, window_fits
from bandits.policies.base.forgetting import update_window as update
from bandits.policy import Floats
from bandits.problem_kinds import Kind, Placement
from bandits.testbed import Testbed
from explore.numerics.compiled import kernel_part


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """Sliding-window UCB."""
    return largest(state, math.log(min(float(t), state[MEMORY, 0])), 1.0, rng)


class SlidingWindowUCB(Windowed):
    """Sliding-window UCB."""

    rule = "UCB on the last τ steps"
    good_for = "arms that change at times"
    needs = "a window that fits the rate of change"
    source = "Garivier & Moulines 2011"
    compared_on = (Placement(Kind.CHANGING_BOUNDED, 5), Placement(Kind.CHANGING, 6))
    assumptions = (no_contexts, gradual_changes, window_fits, prompt_rewards)

    class Settings(Windowed.Settings):
        xi: float = Field(0.6, gt=0, description="factor ξ under the root; the proof needs more than 1/2")

    select = staticmethod(select)
    update = staticmethod(update)

    def width(self, bed: Testbed) -> tuple[float, float]:
        """ξ and B."""
        return self.settings.xi, reward_range(bed)
