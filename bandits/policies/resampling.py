"""Exploration by resampling one's own past.

`besa`               Best empirical sampled average (Baransi, Maillard & Mannor 2014): two arms are compared by their
                     averages over equally many rewards, drawn without replacement from the longer history; ties go to
                     the arm with fewer pulls. More arms play a knock-out tournament in random order.
`perturbed-history`  the arm with the largest (S + U) / ((a + 1) n), U the sum of ⌈a n⌉ fair coins of pseudo-rewards in
                     [0, 1] (Kveton et al. 2019, algorithm 1); a > 2 has a proof, a = 1.1 was best in their experiments

`besa` keeps every reward: its state grows with the horizon.
"""

import math
from typing import Any

import numpy as np
from pydantic import Field

from bandits.policies.shared import need_bounded
from bandits.policy import Floats, Policy, rows
from bandits.simulator.randomness import best, integer, next_word
from bandits.testbed import Testbed
from explore.core.spec import Settings
from explore.errors import BadInput
from explore.numerics.compiled import kernel_part

SCALE, PULLS, SUMS, INDEX, ORDER, HISTORY = range(6)
MOST = 50_000_000  # rewards that the state of one run may keep
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
def select_perturbed(state: Floats, t: int, rng: Any) -> int:
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
def update_perturbed(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """The sum of the rewards, cut off at 0 and 1."""
    state[PULLS, arm] += 1.0
    state[SUMS, arm] += min(max(reward, 0.0), 1.0)


@kernel_part
def sampled_average(state: Floats, arm: int, count: int, rng: Any) -> float:
    """The average of `count` rewards of the arm, drawn without replacement by a partial shuffle of its history."""
    pulls, total = int(state[PULLS, arm]), 0.0
    if count == pulls:
        return float(state[SUMS, arm] / pulls)
    for i in range(count):
        j = i + integer(rng, pulls - i)
        drawn = state[HISTORY + j, arm]
        state[HISTORY + j, arm] = state[HISTORY + i, arm]
        state[HISTORY + i, arm] = drawn
        total += drawn
    return total / count


@kernel_part
def duel(state: Floats, one: int, other: int, rng: Any) -> int:
    """The winner of two arms."""
    fewer = min(state[PULLS, one], state[PULLS, other])
    if fewer == 0.0:
        return one if state[PULLS, one] == 0.0 else other
    ours, theirs = sampled_average(state, one, int(fewer), rng), sampled_average(state, other, int(fewer), rng)
    if ours != theirs:
        return one if ours > theirs else other
    if state[PULLS, one] != state[PULLS, other]:
        return one if state[PULLS, one] < state[PULLS, other] else other
    return one if integer(rng, 2) == 0 else other


@kernel_part
def select_besa(state: Floats, t: int, rng: Any) -> int:
    """The winner of the tournament."""
    left = state.shape[1]
    for arm in range(left):
        j = integer(rng, arm + 1)
        state[ORDER, arm] = state[ORDER, j]
        state[ORDER, j] = arm
    while left > 1:
        half = left // 2
        for pair in range(half):
            state[ORDER, pair] = duel(state, int(state[ORDER, 2 * pair]), int(state[ORDER, 2 * pair + 1]), rng)
        if left % 2 == 1:
            state[ORDER, half] = state[ORDER, left - 1]
        left -= half
    return int(state[ORDER, 0])


@kernel_part
def update_besa(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """Keep the reward."""
    state[HISTORY + int(state[PULLS, arm]), arm] = reward
    state[PULLS, arm] += 1.0
    state[SUMS, arm] += reward


class PerturbedHistory(Policy):
    """Perturbed-history exploration."""

    class Settings(Settings):
        a: float = Field(1.1, gt=0, description="pseudo-rewards per reward")

    select = staticmethod(select_perturbed)
    update = staticmethod(update_perturbed)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls; BadInput where rewards may leave [0, 1]."""
        need_bounded("perturbed-history", bed)
        return rows(bed.arms, self.settings.a, 0.0, 0.0, 0.0)


class BESA(Policy):
    """Best empirical sampled average."""

    select = staticmethod(select_besa)
    update = staticmethod(update_besa)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls, and room for every reward; BadInput where that is too much."""
        if bed.arms * horizon > MOST:
            raise BadInput(
                f"besa keeps every reward, and {bed.arms} arms × {horizon} steps are more than {MOST:,}: "
                "take a shorter horizon."
            )
        return np.zeros((HISTORY + horizon, bed.arms))
