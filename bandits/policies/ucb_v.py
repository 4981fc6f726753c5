"""UCB-V: the width √(2 ζ V ln t / n) + 3 c ζ b ln t / n, V the variance of the arm's rewards, b their range, t the
pulls so far (Audibert, Munos & Szepesvári 2009, equation 2)."""

import math
from typing import Any

from pydantic import Field

from bandits.policies.base.assumptions import constant_means, no_contexts, prompt_rewards
from bandits.policies.base.first_pulls import untried
from bandits.policies.base.optimism import (
    DEVIATIONS,
    FIRST,
    INDEX,
    PULLS,
    SECOND,
    VALUES,
    IndexWithVariance,
)
from bandits.policy import Floats, Policy
from bandits.simulator.randomness import best
from bandits.testbed import Testbed
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """UCB-V; FIRST is ζ, SECOND is c."""
    if not untried(state, PULLS, INDEX):
        exploration = state[FIRST, 0] * math.log(t - 1.0)
        for arm in range(state.shape[1]):
            pulls = state[PULLS, arm]
            width = math.sqrt(2.0 * exploration * state[DEVIATIONS, arm]) / pulls
            state[INDEX, arm] = state[VALUES, arm] + width + 3.0 * state[SECOND, 0] * exploration / pulls
    return best(state[INDEX], rng)


def range_covers(policy: Policy, bed: Testbed, horizon: int) -> str:
    """Rewards lie in an interval of length b = `scale`, whose half is the largest standard deviation."""
    deviation = bed.variance**0.5
    if bed.bounded or deviation <= 2.0 * policy.settings.scale:
        return ""
    return f"assumes rewards in a range of {policy.settings.scale:g}; scale={2 * deviation:.4g} covers two deviations"


class UCBV(IndexWithVariance):
    """UCB-V."""

    rule = "the largest Q + √(2ζV ln t/n) + 3cζb ln t/n, V the arm's variance, b the range"
    good_for = "arms of very different variance"
    needs = "rewards in [0, 1], or their range as scale"
    source = "Audibert, Munos & Szepesvári 2009"
    assumptions = (no_contexts, constant_means, range_covers, prompt_rewards)

    class Settings(Settings):
        zeta: float = Field(1.2, gt=0, description="factor of ln t")
        c: float = Field(1.0, ge=0, description="factor of the term that bounds the rewards' range")
        scale: float = Field(1.0, ge=1e-100, le=1e100, description="length b of the interval in which rewards lie")

    select = staticmethod(select)

    def constants(self, variance: float) -> tuple[float, float]:
        """ζ and c·b."""
        return self.settings.zeta, self.settings.c * self.settings.scale
