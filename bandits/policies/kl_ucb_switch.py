"""KL-UCB-switch: KL-UCB with the level ln₊(T/(Kn)), and the bound of MOSS, Q + √(ln₊(T/(Kn))/(2n)), once
n > (T/K)^{1/5}; horizon T, K arms, ln₊ = max(ln, 0) (Garivier, Hadiji, Ménard & Stoltz 2022, equation 9)."""

import math
from collections.abc import Sequence
from typing import Any

from pydantic import Field

from bandits.policies.base.assumptions import constant_means, no_contexts, prompt_rewards, rewards_of_family
from bandits.policies.base.divergence import (
    BERNOULLI,
    BOUND,
    FAMILY,
    HORIZON,
    PULLS,
    VALUES,
    DivergencePolicy,
    family_of,
    positive_log,
    select_largest,
    update,
    upper_bound,
)
from bandits.policy import Floats
from bandits.testbed import Testbed
from bandits.theory.bounds.asymptotic import asymptotic_optimality
from bandits.theory.bounds.statement import Bound, Problem
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part


@kernel_part
def update_bound(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """The bound of KL-UCB-switch of the pulled arm."""
    update(state, arm, reward, rng)
    level = positive_log(state[HORIZON, 0] / (state.shape[1] * state[PULLS, arm]))
    if state[PULLS, arm] <= (state[HORIZON, 0] / state.shape[1]) ** 0.2:
        state[BOUND, arm] = upper_bound(state, arm, level)
    else:
        spread = 0.25 if state[FAMILY, 0] == BERNOULLI else state[FAMILY, 0]
        state[BOUND, arm] = state[VALUES, arm] + math.sqrt(2.0 * spread * level / state[PULLS, arm])


class KLUCBSwitch(DivergencePolicy):
    """KL-UCB-switch."""

    rule = "KL-UCB for arms with few pulls, MOSS for the others"
    good_for = "any rewards in [0, 1] with both kinds of optimality"
    needs = "the horizon"
    source = "Garivier et al. 2018"
    assumptions = (no_contexts, constant_means, rewards_of_family(), prompt_rewards)

    class Settings(Settings):
        family: str = Field(
            "auto",
            pattern="^(auto|bernoulli|gaussian)$",
            description="model of the rewards: auto (by the testbed), bernoulli or gaussian",
        )

    def family(self, bed: Testbed) -> str:
        """Bernoulli for rewards in [0, 1], else Gaussian: the bound that it switches to is of these."""
        return family_of(bed, str(self.settings.family))

    select = staticmethod(select_largest)
    update = staticmethod(update_bound)

    def bounds(self, problem: Problem) -> Sequence[Bound]:
        """Asymptotic optimality for Bernoulli arms."""
        return asymptotic_optimality(problem, "Garivier et al. 2022", str(self.settings.family), ("bernoulli",))
