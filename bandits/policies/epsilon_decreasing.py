"""ε-greedy with ε_t = min(1, cK / (d² t)): εₙ-greedy of Auer, Cesa-Bianchi & Fischer 2002, figure 3."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from pydantic import Field

from bandits.policies.base.action_value import FIRST_OWN, VALUES, update
from bandits.policies.base.assumptions import constant_means_unless_constant_step, no_contexts
from bandits.policy import Floats, Policy, rows
from bandits.simulator.randomness import best, integer, uniform
from bandits.testbed import Testbed
from bandits.theory.bounds.epsilon_schedule import epsilon_schedule
from bandits.theory.bounds.statement import Bound, Problem
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part

EPSILON = FIRST_OWN  # of step 1, before it is cut off at 1


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """The same with ε / t."""
    if uniform(rng) * t < state[EPSILON, 0]:
        return integer(rng, state.shape[1])
    return best(state[VALUES], rng)


def schedule_fits(policy: Policy, bed: Testbed, horizon: int) -> str:
    """ε falls below 1 before the horizon, and d is at most the smallest gap."""
    c, d = policy.settings.c, policy.settings.d
    random_steps = c * bed.arms / d**2
    if random_steps >= horizon:
        return f"explores at random for cK/d² = {random_steps:,.0f} steps, the whole horizon"
    gaps = [] if bed.means is None else [gap for gap in bed.means.max() - bed.means if gap > 0]
    if gaps and d > min(gaps) * (1 + 1e-9):
        return f"d={d:g} is above the smallest gap, {min(gaps):.3g}: its proof does not hold"
    return ""


class EpsilonDecreasing(Policy):
    """ε_t = min(1, cK / (d² t)); defaults c = 5, d = 0.1."""

    rule = "ε-greedy with ε = min(1, cK/(d²t))"
    good_for = "ε-greedy with logarithmic regret"
    needs = "a lower bound of the smallest gap"
    source = "Auer et al. 2002, Theorem 3"
    assumptions = (no_contexts, constant_means_unless_constant_step, schedule_fits)

    class Settings(Settings):
        c: float = Field(5.0, gt=0, description="scale of the schedule")
        d: float = Field(0.1, gt=0, le=1, description="lower bound on the gap between the best arm and the next")
        alpha: float = Field(0.0, ge=0, le=1, description="constant step size; 0 for the sample average")

    select = staticmethod(select)
    update = staticmethod(update)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """α, no values, no pulls, and cK / d² in the place of ε."""
        settings = self.settings
        return rows(bed.arms, settings.alpha, 0.0, 0.0, settings.c * bed.arms / settings.d / settings.d)

    def bounds(self, problem: Problem) -> Sequence[Bound]:
        """That of any schedule of ε with sample averages."""
        settings = self.settings
        if settings.alpha != 0.0:
            return []
        steps = np.arange(1.0, problem.horizon + 1.0)
        return epsilon_schedule(problem, np.minimum(settings.c * problem.arms / (settings.d**2 * steps), 1.0))
