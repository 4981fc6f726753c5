"""OCUCB, optimally confident UCB: the width √(α σ² ln(ψ T / t) / n), α = 3, ψ = 2, horizon T
(Lattimore 2015, arXiv:1507.07880, algorithm 1)."""

import math
from typing import Any

from pydantic import Field

from bandits.policies.base.assumptions import constant_means, no_contexts, prompt_rewards, variance_of_a_quarter
from bandits.policies.base.first_pulls import untried
from bandits.policies.base.optimism import (
    FIRST,
    HORIZON,
    INDEX,
    PULLS,
    SECOND,
    VALUES,
    IndexWithVariance,
)
from bandits.policy import Floats
from bandits.simulator.randomness import best
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """OCUCB; FIRST is ασ², SECOND is ψ."""
    if not untried(state, PULLS, INDEX):
        level = state[FIRST, 0] * math.log(state[SECOND, 0] * state[HORIZON, 0] / t)
        for arm in range(state.shape[1]):
            state[INDEX, arm] = state[VALUES, arm] + math.sqrt(level / state[PULLS, arm])
    return best(state[INDEX], rng)


class OCUCB(IndexWithVariance):
    """Optimally confident UCB."""

    rule = "the largest Q + √(ασ² ln(ψT/t)/n)"
    good_for = "Gaussian rewards, near-optimal in every regime"
    needs = "the horizon and the variance of the noise"
    source = "Lattimore 2016"
    assumptions = (no_contexts, constant_means, variance_of_a_quarter, prompt_rewards)

    class Settings(Settings):
        alpha: float = Field(3.0, gt=2, description="factor of the width; the proof needs more than 2")
        psi: float = Field(2.0, ge=2, description="factor of the horizon under the logarithm")

    select = staticmethod(select)

    def constants(self, variance: float) -> tuple[float, float]:
        """ασ² and ψ."""
        return self.settings.alpha * variance, self.settings.psi
