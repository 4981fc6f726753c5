"""ε-greedy (Sutton & Barto 2018, section 2.2): a random arm with probability ε, else the best; ties are broken at
random."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from bandits.policies.base.action_value import FIRST_OWN, VALUES, update, update_batched
from bandits.policies.base.assumptions import constant_means_unless_constant_step, no_contexts
from bandits.policy import Floats, Policy, rows
from bandits.problem_kinds import Kind, Placement
from bandits.simulator.batched import BATCH, Chosen, Work, best_batched, uniform_batched
from bandits.simulator.kernel import Words
from bandits.simulator.randomness import best, bounded_integer, integer, uniform
from bandits.testbed import Testbed
from bandits.theory.bounds.epsilon_schedule import epsilon_schedule
from bandits.theory.bounds.statement import Bound, Problem
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part
from explore.numerics.hashing import mix

EPSILON = FIRST_OWN


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """A random arm with probability ε, else the best."""
    if uniform(rng) < state[EPSILON, 0]:
        return integer(rng, state.shape[1])
    return best(state[VALUES], rng)


@kernel_part
def select_batched(state: Floats, t: int, rng: Words, chosen: Chosen, work: Work) -> None:
    """`select` for many runs at once; a random arm takes one word of the stream, as the best one does."""
    arms, epsilon = state.shape[1], state[EPSILON, 0, 0]
    coin = work[0]
    uniform_batched(rng, coin)
    best_batched(state[VALUES], rng, chosen, work)
    for lane in range(BATCH):
        random = bounded_integer(mix(rng[lane]), arms)
        chosen[lane] = random if coin[lane] < epsilon else chosen[lane]


def explores_at_first(policy: Policy, bed: Testbed, horizon: int) -> str:
    """Every arm is tried: at random, or since its initial value is higher."""
    if policy.settings.epsilon == 0.0 and policy.settings.initial == 0.0:
        return "never explores: it pulls the arm with the best average so far"
    return ""


class EpsilonGreedy(Policy):
    """ε-greedy with a constant ε."""

    rule = "a random arm with probability ε, else the largest Q"
    good_for = "simple baselines and drifting arms; regret grows linearly, as exploration never ends"
    needs = "epsilon near 0.1 for short horizons, smaller for long ones"
    source = "Sutton & Barto 2018, 2.3"
    recommended_for: ClassVar[tuple[Placement, ...]] = (
        Placement(Kind.CHANGING_BOUNDED, 4, "alpha=0.1"),
        Placement(Kind.CHANGING, 3, "alpha=0.1"),
        Placement(Kind.MANY_ARMS, 4, "epsilon=0.1"),
        Placement(Kind.HEAVY_TAILED, 3, "epsilon=0.1"),
    )
    compared_on: ClassVar[tuple[Placement, ...]] = (
        Placement(Kind.CONTEXTS, 1, "epsilon=0.1"),
        Placement(Kind.MARKOV, 1, "epsilon=0.1"),
        Placement(Kind.CHANGING_BOUNDED, 1, "epsilon=0.1"),
        Placement(Kind.CHANGING_BOUNDED, 2, "epsilon=0.1,alpha=0.1"),
        Placement(Kind.CHANGING, 1, "epsilon=0.1"),
        Placement(Kind.CHANGING, 2, "epsilon=0.1,alpha=0.1"),
        Placement(Kind.GAUSSIAN, 1, "epsilon=0"),
        Placement(Kind.GAUSSIAN, 2, "epsilon=0.01"),
        Placement(Kind.GAUSSIAN, 3, "epsilon=0.1"),
        Placement(Kind.OTHER_BOUNDED, 1, "epsilon=0.1"),
        Placement(Kind.OTHER, 1, "epsilon=0.1"),
    )
    assumptions = (no_contexts, constant_means_unless_constant_step, explores_at_first)

    class Settings(Settings):
        epsilon: float = Field(0.1, ge=0, le=1, description="probability of a random arm")
        alpha: float = Field(0.0, ge=0, le=1, description="constant step size; 0 for the sample average")
        initial: float = Field(0.0, description="value of an arm before its first pull")

    select = staticmethod(select)
    update = staticmethod(update)
    batched = (select_batched, update_batched)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """α, the initial values, no pulls, and ε."""
        return rows(bed.arms, self.settings.alpha, self.settings.initial, 0.0, self.settings.epsilon)

    def bounds(self, problem: Problem) -> Sequence[Bound]:
        """A share ε of the pulls is uniform for ever: a lower bound that is linear in T; above, that of averages."""
        epsilon, alpha = self.settings.epsilon, self.settings.alpha
        upper = epsilon_schedule(problem, np.full(problem.horizon, epsilon)) if alpha == 0.0 else []
        if problem.mean_gap is None or epsilon == 0.0:
            return upper
        value = epsilon * problem.horizon * problem.mean_gap
        if epsilon == 1.0:
            return [Bound("uniform play", value, "T ΣΔ/K", "by definition", note="exact")]
        note = "a lower bound: constant exploration costs linearly"
        return [Bound("cost of constant ε", value, "ε T ΣΔ/K", "by definition", direction="lower", note=note), *upper]
