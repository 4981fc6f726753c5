"""Sliding-window Thompson sampling: Beta(1 + S, 1 + F) over the last τ steps (Trovò, Paladino, Restelli & Gatti 2020);
Gaussian posteriors where rewards may leave [0, 1] (`bandits.policies.base.forgetting`)."""

from pydantic import Field

from bandits.policies.base.assumptions import gradual_changes, no_contexts, normal_prior
from bandits.policies.base.forgetting import (
    Windowed,
    reward_range,
    select_beta,
    select_gaussian,
    update_window,
    update_window_coin,
    window_fits,
)
from bandits.policy import Functions
from bandits.problem_kinds import Kind, Placement
from bandits.testbed import Testbed


class SlidingWindowThompson(Windowed):
    """Sliding-window Thompson sampling."""

    rule = "Thompson sampling on the last τ steps"
    good_for = "arms that change at times"
    needs = "a window that fits the rate of change"
    source = "Trovò et al. 2020"
    recommended_for = (Placement(Kind.CHANGING_BOUNDED, 2), Placement(Kind.CHANGING, 2))
    compared_on = (Placement(Kind.CHANGING_BOUNDED, 7), Placement(Kind.CHANGING, 8))
    assumptions = (no_contexts, gradual_changes, normal_prior, window_fits)

    class Settings(Windowed.Settings):
        scale: float = Field(
            1.0, ge=1e-100, le=1e100, description="unbounded rewards: standard deviation of the prior of the means"
        )

    def functions(self, bed: Testbed) -> Functions:
        """By the testbed's family."""
        return (select_beta, update_window_coin) if bed.bounded else (select_gaussian, update_window)

    def width(self, bed: Testbed) -> tuple[float, float]:
        """The scale of the prior, and B."""
        return self.settings.scale, reward_range(bed)
