"""KL-UCB++: KL-UCB with the level g(n) = ln₊(T/(Kn) (ln₊²(T/(Kn)) + 1)), horizon T, K arms, ln₊ = max(ln, 0)
(Ménard & Garivier 2017, equation 3)."""

from collections.abc import Sequence
from typing import Any

from bandits.policies.base.assumptions import constant_means, no_contexts, prompt_rewards, rewards_of_family
from bandits.policies.base.divergence import (
    BOUND,
    HORIZON,
    PULLS,
    DivergencePolicy,
    positive_log,
    select_largest,
    update,
    upper_bound,
)
from bandits.policy import Floats
from bandits.theory.bounds.asymptotic import asymptotic_optimality
from bandits.theory.bounds.statement import Bound, Problem
from explore.numerics.compiled import kernel_part


@kernel_part
def update_bound(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """The bound of KL-UCB++ of the pulled arm."""
    update(state, arm, reward, rng)
    share = state[HORIZON, 0] / (state.shape[1] * state[PULLS, arm])
    level = positive_log(share * (positive_log(share) ** 2 + 1.0))
    state[BOUND, arm] = upper_bound(state, arm, level)


class KLUCBPlusPlus(DivergencePolicy):
    """KL-UCB++."""

    rule = "KL-UCB with a level that falls with n and depends on T"
    good_for = "optimal both for the instance and for the worst case"
    needs = "the horizon"
    source = "Ménard & Garivier 2017"
    assumptions = (no_contexts, constant_means, rewards_of_family("poisson", "exponential"), prompt_rewards)

    select = staticmethod(select_largest)
    update = staticmethod(update_bound)

    def bounds(self, problem: Problem) -> Sequence[Bound]:
        """Asymptotic optimality."""
        return asymptotic_optimality(problem, "Ménard & Garivier 2017", str(self.settings.family))
