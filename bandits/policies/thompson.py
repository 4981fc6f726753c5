"""Thompson sampling (Thompson 1933): draw a mean for each arm from its posterior, pull the arm with the largest draw.

The posteriors are those of `bandits.policies.base.posterior`.
"""

import math
from collections.abc import Sequence

from pydantic import Field

from bandits.policies.base.assumptions import constant_means, no_contexts, normal_prior, rewards_of_family
from bandits.policies.base.posterior import (
    MEAN,
    PULLS,
    SPREAD,
    SUMS,
    A,
    B,
    PosteriorSampling,
    select_beta,
    select_gamma,
    select_gaussian,
    select_student,
    update_beta,
    update_gaussian,
    update_sums,
)
from bandits.policy import BatchedFunctions, Floats, Functions
from bandits.problem_kinds import Kind, Placement
from bandits.simulator.batched import BATCH, Chosen, Work, best_batched, draw_normals_batched
from bandits.simulator.kernel import Words
from bandits.testbed import Testbed
from bandits.theory.bounds.asymptotic import asymptotic_optimality
from bandits.theory.bounds.information_ratio import information_ratio
from bandits.theory.bounds.statement import Bound, Problem
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part


@kernel_part
def select_gaussian_batched(state: Floats, t: int, rng: Words, chosen: Chosen, work: Work) -> None:
    """`select_gaussian` for many runs at once."""
    noise, draws = work[0], work[3]
    for arm in range(state.shape[1]):
        draw_normals_batched(rng, noise)
        for lane in range(BATCH):
            draws[arm, lane] = state[MEAN, arm, lane] + state[SPREAD, arm, lane] * noise[lane]
    best_batched(draws, rng, chosen, work)


@kernel_part
def update_gaussian_batched(state: Floats, chosen: Chosen, reward: Floats, rng: Words, work: Work) -> None:
    """`update_gaussian` for many runs at once."""
    ratio, spread = state[A, 0, 0], state[B, 0, 0]
    for lane in range(BATCH):
        arm = chosen[lane]
        state[PULLS, arm, lane] += 1.0
        state[SUMS, arm, lane] += reward[lane]
        precision = state[PULLS, arm, lane] + ratio
        state[MEAN, arm, lane] = state[SUMS, arm, lane] / precision
        state[SPREAD, arm, lane] = spread / math.sqrt(precision)


class Thompson(PosteriorSampling):
    """Thompson sampling with the posterior that suits the testbed, or the one of the setting `model`."""

    rule = "the largest draw from the posteriors: an arm with the probability that it is the best"
    good_for = "the first choice for stationary arms: low regret in practice, asymptotically optimal, robust to delay"
    needs = "a prior of the right family"
    source = "Thompson 1933; Chapelle & Li 2011"
    recommended_for = (
        Placement(Kind.DELAYED, 1),
        Placement(Kind.MANY_ARMS, 2),
        Placement(Kind.RARE_REWARDS, 1),
        Placement(Kind.BOUNDED, 1),
        Placement(Kind.COUNTS, 3),
        Placement(Kind.GAUSSIAN, 1),
    )
    compared_on = (
        Placement(Kind.CONTEXTS, 2),
        Placement(Kind.MARKOV, 3),
        Placement(Kind.CHANGING_BOUNDED, 3),
        Placement(Kind.CHANGING, 3),
        Placement(Kind.GAUSSIAN, 8),
        Placement(Kind.OTHER_BOUNDED, 7),
        Placement(Kind.OTHER, 8),
    )
    assumptions = (no_contexts, constant_means, rewards_of_family("poisson"), normal_prior)

    class Settings(Settings):
        model: str = Field(
            "auto",
            pattern="^(auto|beta|gaussian|student|gamma)$",
            description="posterior: auto (by the testbed), beta, gaussian (known variance), student (unknown), gamma",
        )
        prior: float = Field(1.0, gt=0, description="beta: a = b of the prior; gamma: shape; gaussian: prior variance")
        scale: float = Field(
            1.0, ge=1e-100, le=1e100, description="gaussian: unit of the means; the prior variance is prior · scale²"
        )

    def functions(self, bed: Testbed) -> Functions:
        """The pair of the model."""
        return {
            "beta": (select_beta, update_beta),
            "gaussian": (select_gaussian, update_gaussian),
            "student": (select_student, update_sums),
            "gamma": (select_gamma, update_sums),
        }[self.model(bed)]

    def batched_functions(self, bed: Testbed) -> BatchedFunctions | None:
        """Many runs at once where the posterior is Gaussian."""
        return (select_gaussian_batched, update_gaussian_batched) if self.model(bed) == "gaussian" else None

    def bounds(self, problem: Problem) -> Sequence[Bound]:
        """Asymptotic optimality for Bernoulli arms; and the bound by information, where arms come from the prior."""
        settings = self.settings
        standard = settings.prior == 1.0 and (problem.bounded or settings.scale == 1.0)
        optimal = asymptotic_optimality(problem, "Kaufmann, Korda & Munos 2012", settings.model, ("bernoulli",))
        by_information = information_ratio(problem, settings.model) if standard else []
        return [*by_information, *optimal]
