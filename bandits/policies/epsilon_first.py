"""ε-first: random arms for a number of pulls, then always the largest Q (Sutton & Barto 2018, exercise 2)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from pydantic import Field

from bandits.policies.base.action_value import FIRST_OWN, VALUES, update
from bandits.policies.base.assumptions import constant_means_unless_constant_step, no_contexts
from bandits.policy import Floats, Policy, rows
from bandits.simulator.randomness import best, integer
from bandits.testbed import Testbed
from bandits.theory.bounds.epsilon_schedule import epsilon_schedule
from bandits.theory.bounds.statement import Bound, Problem
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part

RANDOM_STEPS = FIRST_OWN


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """Random for the first ε steps, then the best; here ε is a number of steps."""
    if t <= state[RANDOM_STEPS, 0]:
        return integer(rng, state.shape[1])
    return best(state[VALUES], rng)


def time_to_exploit(policy: Policy, bed: Testbed, horizon: int) -> str:
    """The random pulls end before the horizon."""
    return "is at random for the whole horizon" if policy.settings.pulls >= horizon else ""


class EpsilonFirst(Policy):
    """Random first, greedy then."""

    rule = "random arms for a number of pulls, then the largest Q"
    good_for = "one test phase, then a decision"
    needs = "the horizon"
    source = "Sutton & Barto 2018, exercise 2"
    assumptions = (no_contexts, constant_means_unless_constant_step, time_to_exploit)

    class Settings(Settings):
        pulls: int = Field(100, ge=0, description="how many pulls are random")
        alpha: float = Field(0.0, ge=0, le=1, description="constant step size; 0 for the sample average")

    select = staticmethod(select)
    update = staticmethod(update)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """α, no values, no pulls, and the number of random pulls."""
        return rows(bed.arms, self.settings.alpha, 0.0, 0.0, float(self.settings.pulls))

    def bounds(self, problem: Problem) -> Sequence[Bound]:
        """That of any schedule of ε with sample averages: 1 for the first `pulls` steps, 0 then."""
        if self.settings.alpha != 0.0:
            return []
        return epsilon_schedule(problem, (np.arange(problem.horizon) < self.settings.pulls).astype(np.float64))
