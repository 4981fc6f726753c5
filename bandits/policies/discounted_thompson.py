"""Discounted Thompson sampling: Beta(1 + S, 1 + F), S and F discounted by γ in every step (Raj & Kalyani 2017,
algorithm 1); Gaussian posteriors where rewards may leave [0, 1] (`bandits.policies.base.forgetting`)."""

from pydantic import Field

from bandits.policies.base.assumptions import gradual_changes, no_contexts, normal_prior
from bandits.policies.base.forgetting import (
    Discounted,
    reward_range,
    select_beta,
    select_gaussian,
    update_discounted,
    update_discounted_coin,
)
from bandits.policy import Functions
from bandits.problem_kinds import Kind, Placement
from bandits.testbed import Testbed


class DiscountedThompson(Discounted):
    """Discounted Thompson sampling."""

    rule = "Thompson sampling on rewards that are discounted by γ a step"
    good_for = "arms that change slowly"
    needs = "a discount that fits the rate of change"
    source = "Raj & Kalyani 2017"
    recommended_for = (Placement(Kind.CHANGING_BOUNDED, 3), Placement(Kind.CHANGING, 1))
    compared_on = (Placement(Kind.CHANGING_BOUNDED, 6), Placement(Kind.CHANGING, 7))
    assumptions = (no_contexts, gradual_changes, normal_prior)

    class Settings(Discounted.Settings):
        scale: float = Field(
            1.0, ge=1e-100, le=1e100, description="unbounded rewards: standard deviation of the prior of the means"
        )

    def functions(self, bed: Testbed) -> Functions:
        """By the testbed's family."""
        return (select_beta, update_discounted_coin) if bed.bounded else (select_gaussian, update_discounted)

    def width(self, bed: Testbed) -> tuple[float, float]:
        """The scale of the prior, and B."""
        return self.settings.scale, reward_range(bed)
