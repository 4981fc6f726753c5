"""KL-UCB+: KL-UCB with the level ln(t/n) (Garivier & Cappé 2011, section 3; analysed by Kaufmann 2018)."""

from collections.abc import Sequence

from bandits.policies.base.assumptions import constant_means, no_contexts, prompt_rewards, rewards_of_family
from bandits.policies.base.divergence import DivergencePolicy, select, update
from bandits.theory.bounds.asymptotic import asymptotic_optimality
from bandits.theory.bounds.statement import Bound, Problem


class KLUCBPlus(DivergencePolicy):
    """KL-UCB+."""

    rule = "KL-UCB with ln(t/n)"
    good_for = "KL-UCB with less exploration of pulled arms"
    needs = "rewards in [0, 1]"
    source = "Garivier & Cappé 2011; Kaufmann 2018"
    assumptions = (no_contexts, constant_means, rewards_of_family("poisson", "exponential"), prompt_rewards)

    select = staticmethod(select)
    update = staticmethod(update)

    def constants(self) -> tuple[float, float]:
        """0, and 1 for ln(t/n)."""
        return 0.0, 1.0

    def bounds(self, problem: Problem) -> Sequence[Bound]:
        """Asymptotic optimality."""
        return asymptotic_optimality(problem, "Kaufmann 2018", str(self.settings.family))
