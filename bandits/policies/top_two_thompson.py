"""Top-two Thompson sampling (Russo 2016, algorithm 2): with probability `share` the arm with the largest draw, else the
first other arm that has the largest of a new draw. It is made for best-arm identification.

The posteriors are those of `bandits.policies.base.posterior`.
"""

import math
from typing import Any

from pydantic import Field

from bandits.policies.base.assumptions import (
    best_arm_identification,
    constant_means,
    no_contexts,
    normal_prior,
    rewards_of_family,
)
from bandits.policies.base.posterior import (
    DRAWS,
    SHARE,
    SPREAD,
    SUPPORT,
    PosteriorSampling,
    select_beta,
    select_gaussian,
    update_beta,
    update_gaussian,
)
from bandits.policy import Floats, Functions
from bandits.problem_kinds import Kind, Placement
from bandits.simulator.randomness import best, uniform
from bandits.testbed import Testbed
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part

REDRAWS = 100  # draws for a second arm; after them, the largest of the last draw among the others


@kernel_part
def largest_draw(state: Floats, t: int, rng: Any) -> int:
    """The arm with the largest draw of its posterior, whose spread is 0 in the state of Bernoulli arms."""
    if state[SPREAD, 0] > 0.0:
        return select_gaussian(state, t, rng)
    return select_beta(state, t, rng)


@kernel_part
def select_two(state: Floats, t: int, rng: Any) -> int:
    """The arm with the largest draw, or the second candidate."""
    first = largest_draw(state, t, rng)
    if state.shape[1] == 1 or uniform(rng) < state[SHARE, 0]:
        return first
    for _ in range(REDRAWS):
        other = largest_draw(state, t, rng)
        if other != first:
            return other
    state[DRAWS, first] = -math.inf
    return best(state[DRAWS], rng)


class TopTwoThompson(PosteriorSampling):
    """Top-two Thompson sampling, for Bernoulli arms and Gaussian arms of known variance."""

    rule = "Thompson sampling that pulls its second choice with probability ½"
    good_for = "identifying the best arm, not low regret: compare it by simple regret"
    needs = "a prior"
    source = "Russo 2016"
    recommended_for = (Placement(Kind.BEST_ARM, 1),)
    assumptions = (no_contexts, constant_means, rewards_of_family(), normal_prior, best_arm_identification)

    class Settings(Settings):
        model: str = Field("auto", pattern="^(auto|beta|gaussian)$", description="posterior: auto, beta or gaussian")
        prior: float = Field(1.0, gt=0, description="beta: a = b of the prior; gaussian: prior variance")
        share: float = Field(0.5, gt=0, lt=1, description="probability that the arm with the largest draw is pulled")
        scale: float = Field(
            1.0, ge=1e-100, le=1e100, description="gaussian: unit of the means; the prior variance is prior · scale²"
        )

    @property
    def share(self) -> float:
        """Of the pulls that go to the arm with the largest draw."""
        return float(self.settings.share)

    def model(self, bed: Testbed) -> str:
        """Beta for rewards in [0, 1], else gaussian."""
        if self.settings.model == "auto" and bed.family not in SUPPORT["beta"]:
            return "gaussian"
        return super().model(bed)

    def functions(self, bed: Testbed) -> Functions:
        """The pair of the model."""
        return select_two, update_beta if self.model(bed) == "beta" else update_gaussian
