"""MOSS-anytime: the width √(2(1 + α)σ² ln₊(t / (K n)) / n), α = 1.35, t the pulls so far, K arms
(Degenne & Perchet 2016, equation 1)."""

from typing import Any

from pydantic import Field

from bandits.policies.base.assumptions import constant_means, no_contexts, prompt_rewards, variance_of_a_quarter
from bandits.policies.base.first_pulls import untried
from bandits.policies.base.optimism import INDEX, PULLS, IndexWithVariance, widened
from bandits.policy import Floats
from bandits.simulator.randomness import best
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """MOSS-anytime; FIRST is 2(1 + α)σ²."""
    if not untried(state, PULLS, INDEX):
        widened(state, (t - 1.0) / state.shape[1])
    return best(state[INDEX], rng)


class MOSSAnytime(IndexWithVariance):
    """MOSS without a horizon."""

    rule = "MOSS with t in the place of T"
    good_for = "the worst case without knowing the horizon"
    needs = "rewards in [0, 1]"
    source = "Degenne & Perchet 2016"
    assumptions = (no_contexts, constant_means, variance_of_a_quarter, prompt_rewards)

    class Settings(Settings):
        alpha: float = Field(1.35, ge=0, description="how much more it explores than MOSS")

    select = staticmethod(select)

    def constants(self, variance: float) -> tuple[float, float]:
        """2(1 + α)σ²."""
        return 2.0 * (1.0 + self.settings.alpha) * variance, 0.0
