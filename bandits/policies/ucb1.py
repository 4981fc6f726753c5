"""UCB1: the width √(α ln t / n), α = 2, for rewards in [0, 1] (Auer, Cesa-Bianchi & Fischer 2002, figure 1).

t counts the pulls made so far; every arm is tried once first. α is the parameter of Bubeck's UCB(α). For rewards in an
interval of length s, `scale` = s.
"""

import math
from collections.abc import Sequence
from typing import Any

from pydantic import Field

from bandits.policies.base.assumptions import constant_means, no_contexts, prompt_rewards, variance_of_a_quarter
from bandits.policies.base.confidence import (
    C,
    first_pull,
    first_pull_batched,
    largest,
    largest_batched,
    update,
    update_batched,
)
from bandits.policy import Floats, Policy, rows
from bandits.problem_kinds import Kind, Placement
from bandits.simulator.batched import Chosen, Work
from bandits.simulator.kernel import Words
from bandits.testbed import Testbed
from bandits.theory.bounds.hoeffding import sub_gaussian_ucb
from bandits.theory.bounds.statement import Bound, Problem
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """The largest Q + √(α ln(t − 1) / n); t − 1 pulls were made before step t."""
    if t <= state.shape[1]:
        return first_pull(state, t, rng)
    return largest(state, math.sqrt(state[C, 0] * math.log(t - 1)), rng)


@kernel_part
def select_batched(state: Floats, t: int, rng: Words, chosen: Chosen, work: Work) -> None:
    """`select` for many runs at once."""
    if t <= state.shape[1]:
        first_pull_batched(state, rng, chosen, work)
    else:
        largest_batched(state, math.sqrt(state[C, 0, 0] * math.log(t - 1)), rng, chosen, work)


def bounded_rewards(policy: Policy, bed: Testbed, horizon: int) -> str:
    """Rewards lie in [0, 1], or in an interval of length `scale`, whose half is the largest standard deviation."""
    deviation = bed.variance**0.5
    if bed.bounded or deviation <= 0.5 * policy.settings.scale * (1 + 1e-9):
        return ""
    return (
        f"is made for rewards in [0, 1]; these are {bed.family} with a standard deviation of up to {deviation:.4g}: "
        f"scale={2 * deviation:.4g} fits"
    )


class UCB1(Policy):
    """UCB1."""

    rule = "the largest Q + √(2 ln t/n)"
    good_for = "teaching: the first finite-time proof; explores far too much when rewards are rare"
    needs = "rewards in [0, 1], or their range as scale"
    source = "Auer et al. 2002"
    compared_on = (Placement(Kind.OTHER_BOUNDED, 2),)
    assumptions = (no_contexts, constant_means, bounded_rewards, variance_of_a_quarter, prompt_rewards)

    class Settings(Settings):
        alpha: float = Field(2.0, gt=0, description="factor of ln t under the root")
        scale: float = Field(1.0, ge=1e-100, le=1e100, description="length of the interval in which rewards lie")

    select = staticmethod(select)
    update = staticmethod(update)
    batched = (select_batched, update_batched)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls."""
        return rows(bed.arms, self.settings.alpha * self.settings.scale**2, 0.0, 0.0, math.inf, 0.0)

    def bounds(self, problem: Problem) -> Sequence[Bound]:
        """8 Σ ln T/Δ + (1 + π²/3) ΣΔ for rewards in [0, 1] and α = 2; for another α that of (α, ψ)-UCB."""
        alpha = self.settings.alpha * self.settings.scale**2
        if alpha != 2.0 or not problem.bounded:
            return sub_gaussian_ucb(problem, alpha / (2.0 * problem.proxy), "α/2σ²")
        if problem.gaps is None:
            return []
        value = sum(8 * math.log(problem.horizon) / gap + (1 + math.pi**2 / 3) * gap for gap in problem.suboptimal)
        source = "Auer, Cesa-Bianchi & Fischer 2002, Theorem 1"
        return [Bound("UCB1", value, "8 Σ ln T/Δ + (1 + π²/3) ΣΔ", source)]
