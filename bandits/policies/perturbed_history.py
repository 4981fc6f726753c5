"""Perturbed-history exploration: the arm with the largest (S + U) / ((a + 1) n), U the sum of ⌈a n⌉ fair coins of
pseudo-rewards in [0, 1] (Kveton et al. 2019, algorithm 1); a > 2 has a proof, a = 1.1 was best in their experiments."""

import math
from typing import Any

import numpy as np
from pydantic import Field

from bandits.policies.base.assumptions import constant_means, no_contexts
from bandits.policies.base.rewards import need_bounded
from bandits.policy import Floats, Policy, rows
from bandits.simulator.randomness import best, next_word
from bandits.testbed import Testbed
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part

SCALE, PULLS, SUMS, INDEX = range(4)  # SCALE is a
_1 = np.uint64(1)


@kernel_part
def coins(rng: Any, count: int) -> float:
    """The number of heads among `count` fair coins, 64 to a word."""
    heads = 0
    while count > 0:
        word = next_word(rng)
        if count < 64:
            word &= (_1 << np.uint64(count)) - _1
        while word != 0:
            word &= word - _1
            heads += 1
        count -= 64
    return float(heads)


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """The largest perturbed average; an arm without a pull first."""
    for arm in range(state.shape[1]):
        pulls = state[PULLS, arm]
        if pulls > 0.0:
            pseudo = coins(rng, math.ceil(state[SCALE, 0] * pulls))
            state[INDEX, arm] = (state[SUMS, arm] + pseudo) / ((state[SCALE, 0] + 1.0) * pulls)
        else:
            state[INDEX, arm] = math.inf
    return best(state[INDEX], rng)


@kernel_part
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """The sum of the rewards, cut off at 0 and 1."""
    state[PULLS, arm] += 1.0
    state[SUMS, arm] += min(max(reward, 0.0), 1.0)


class PerturbedHistory(Policy):
    """Perturbed-history exploration."""

    rule = "the largest average of rewards and random pseudo-rewards"
    good_for = "rewards without a tractable posterior"
    needs = "rewards in [0, 1]"
    source = "Kveton et al. 2019"
    assumptions = (no_contexts, constant_means)

    class Settings(Settings):
        a: float = Field(1.1, gt=0, description="pseudo-rewards per reward")

    select = staticmethod(select)
    update = staticmethod(update)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls; BadInput where rewards may leave [0, 1]."""
        need_bounded("perturbed-history", bed)
        return rows(bed.arms, self.settings.a, 0.0, 0.0, 0.0)
