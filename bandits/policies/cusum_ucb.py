"""CUSUM-UCB (Liu, Lee & Shroff 2018, algorithms 1 and 2): UCB that restarts an arm when a
cumulative-sum test detects a change of its mean.

After the first M rewards of an arm give its level u₀, two walks g⁺ ← max(0, g⁺ + x − u₀ − ε) and
g⁻ ← max(0, g⁻ + u₀ − x − ε) alarm above h. The index is X̄ + √(ξ ln n / N), n the pulls of all arms since their
restarts, ξ = 1. A random arm is pulled with probability `exploration`, so that changes of arms that are rarely
pulled are detected too.
"""

import math
from typing import Any

from pydantic import Field

from bandits.policies.base.assumptions import abrupt_changes, no_contexts
from bandits.policies.base.rewards import need_bounded
from bandits.policy import Floats, Policy, rows
from bandits.simulator.randomness import best, integer, uniform
from bandits.testbed import Testbed
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part

EXPLORATION, FIRST, TOLERANCE, THRESHOLD, PULLS, SUMS, INDEX, UP, DOWN, LEVEL, RESTARTS = range(11)


@kernel_part
def _all_pulls(state: Floats) -> float:
    total = 0.0
    for arm in range(state.shape[1]):
        total += state[PULLS, arm]
    return total


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """UCB since the restarts."""
    if uniform(rng) < state[EXPLORATION, 0]:
        return integer(rng, state.shape[1])
    level = math.log(max(_all_pulls(state), 1.0))
    for arm in range(state.shape[1]):
        pulls = state[PULLS, arm]
        state[INDEX, arm] = state[SUMS, arm] / pulls + math.sqrt(level / pulls) if pulls > 0.0 else math.inf
    return best(state[INDEX], rng)


@kernel_part
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """The walks; FIRST is M, TOLERANCE ε, THRESHOLD h. LEVEL is the average of the first M rewards."""
    state[PULLS, arm] += 1.0
    state[SUMS, arm] += reward
    if state[PULLS, arm] <= state[FIRST, 0]:
        state[LEVEL, arm] += reward / state[FIRST, 0]
        return
    state[UP, arm] = max(0.0, state[UP, arm] + reward - state[LEVEL, arm] - state[TOLERANCE, 0])
    state[DOWN, arm] = max(0.0, state[DOWN, arm] + state[LEVEL, arm] - reward - state[TOLERANCE, 0])
    if max(state[UP, arm], state[DOWN, arm]) > state[THRESHOLD, 0]:
        _forget(state, arm)


@kernel_part
def _forget(state: Floats, arm: int) -> None:
    state[PULLS, arm], state[SUMS, arm] = 0.0, 0.0
    state[UP, arm], state[DOWN, arm], state[LEVEL, arm] = 0.0, 0.0, 0.0
    state[RESTARTS, arm] += 1.0


class CUSUMUCB(Policy):
    """CUSUM-UCB."""

    rule = "UCB that restarts an arm when a cumulative-sum test detects a change"
    good_for = "abrupt changes of known smallest size"
    needs = "the size of a change"
    source = "Liu, Lee & Shroff 2018"
    assumptions = (no_contexts, abrupt_changes)

    class Settings(Settings):
        first: int = Field(100, ge=1, description="rewards M that give the level of an arm")
        tolerance: float = Field(0.1, ge=0, description="change ε that is not one yet")
        threshold: float = Field(20.0, gt=0, description="height h of the alarm")
        exploration: float = Field(0.01, ge=0, le=1, description="probability of a random arm")

    select = staticmethod(select)
    update = staticmethod(update)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls."""
        need_bounded("cusum-ucb", bed)
        settings = self.settings
        values = (settings.exploration, float(settings.first), settings.tolerance, settings.threshold)
        return rows(bed.arms, *values, *(0.0,) * 7)
