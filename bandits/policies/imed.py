"""IMED, indexed minimum empirical divergence: the arm with the smallest n d(Q, Q*) + ln n, Q* the
largest average (Honda & Takemura 2015, definition 1)."""

import math
from collections.abc import Sequence
from typing import Any

from bandits.policies.base.assumptions import constant_means, no_contexts, prompt_rewards, rewards_of_family
from bandits.policies.base.divergence import (
    FAMILY,
    INDEX,
    PULLS,
    VALUES,
    DivergencePolicy,
    divergence,
    update,
)
from bandits.policies.base.first_pulls import untried
from bandits.policy import Floats
from bandits.problem_kinds import Kind, Placement
from bandits.simulator.randomness import best
from bandits.theory.bounds.asymptotic import asymptotic_optimality
from bandits.theory.bounds.statement import Bound, Problem
from explore.numerics.compiled import kernel_part


@kernel_part
def select_index(state: Floats, t: int, rng: Any) -> int:
    """The smallest n d(p, p*) + ln n."""
    arms = state.shape[1]
    if untried(state, PULLS, INDEX):
        return best(state[INDEX], rng)
    top = -math.inf
    for arm in range(arms):
        top = max(top, state[VALUES, arm])
    for arm in range(arms):
        pulls = state[PULLS, arm]
        state[INDEX, arm] = -(pulls * divergence(state[FAMILY, 0], state[VALUES, arm], top) + math.log(pulls))
    return best(state[INDEX], rng)


class IMED(DivergencePolicy):
    """Indexed minimum empirical divergence."""

    rule = "the smallest n·KL(Q, max Q) + ln n"
    good_for = "the asymptotic optimality of KL-UCB without solving an equation"
    needs = "the family of rewards"
    source = "Honda & Takemura 2015"
    recommended_for = (
        Placement(Kind.RARE_REWARDS, 2),
        Placement(Kind.BOUNDED, 2),
        Placement(Kind.COUNTS, 2),
        Placement(Kind.GAUSSIAN, 4),
    )
    compared_on = (Placement(Kind.OTHER_BOUNDED, 6), Placement(Kind.OTHER, 6))
    assumptions = (no_contexts, constant_means, rewards_of_family("poisson", "exponential"), prompt_rewards)

    select = staticmethod(select_index)
    update = staticmethod(update)

    def bounds(self, problem: Problem) -> Sequence[Bound]:
        """Asymptotic optimality."""
        return asymptotic_optimality(problem, "Honda & Takemura 2015", str(self.settings.family))
