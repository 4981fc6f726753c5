"""UCB with the width c √(ln t / n) (Sutton & Barto 2018, equation 2.10); t counts steps from 1, and every arm is tried
once first."""

import math
from collections.abc import Sequence
from typing import Any

from pydantic import Field

from bandits.policies.base.assumptions import constant_means, no_contexts, prompt_rewards
from bandits.policies.base.confidence import (
    C,
    first_pull,
    first_pull_batched,
    largest,
    largest_batched,
    update,
    update_batched,
)
from bandits.policies.base.scale import width_fits
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
    """The largest Q + c √(ln t / n)."""
    if t <= state.shape[1]:
        return first_pull(state, t, rng)
    return largest(state, state[C, 0] * math.sqrt(math.log(t)), rng)


@kernel_part
def select_batched(state: Floats, t: int, rng: Words, chosen: Chosen, work: Work) -> None:
    """`select` for many runs at once."""
    if t <= state.shape[1]:
        first_pull_batched(state, rng, chosen, work)
    else:
        largest_batched(state, state[C, 0, 0] * math.sqrt(math.log(t)), rng, chosen, work)


class UCB(Policy):
    """Sutton & Barto's UCB."""

    rule = "the largest Q + c√(ln t/n)"
    good_for = "Gaussian-like rewards of known scale; c = 1 beats c = 2 on the ten-armed testbed"
    needs = "the standard deviation of the rewards, through scale"
    source = "Sutton & Barto 2018, 2.7"
    recommended_for = (Placement(Kind.HEAVY_TAILED, 1, "c=1"), Placement(Kind.GAUSSIAN, 2, "c=1"))
    compared_on = (
        Placement(Kind.MARKOV, 2, "c=2"),
        Placement(Kind.CHANGING, 4, "c=1"),
        Placement(Kind.GAUSSIAN, 6, "c=2"),
        Placement(Kind.GAUSSIAN, 7, "c=1"),
        Placement(Kind.OTHER, 3, "c=2"),
    )
    assumptions = (no_contexts, constant_means, width_fits, prompt_rewards)

    class Settings(Settings):
        c: float = Field(2.0, ge=0, description="width of the confidence interval, in units of `scale`")
        scale: float = Field(
            1.0, ge=1e-100, le=1e100, description="standard deviation of a reward that `c` is a multiple of"
        )

    select = staticmethod(select)
    update = staticmethod(update)
    batched = (select_batched, update_batched)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls."""
        return rows(bed.arms, self.settings.c * self.settings.scale, 0.0, 0.0, math.inf, 0.0)

    def bounds(self, problem: Problem) -> Sequence[Bound]:
        """That of (α, ψ)-UCB with α = c²/2σ²."""
        width = self.settings.c * self.settings.scale
        return sub_gaussian_ucb(problem, width**2 / (2 * problem.proxy), "c²/2σ²")
