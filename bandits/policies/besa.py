"""BESA, best empirical sampled average (Baransi, Maillard & Mannor 2014): two arms are compared by their averages over
equally many rewards, drawn without replacement from the longer history; ties go to the arm with fewer pulls. More arms
play a knock-out tournament in random order.

It keeps every reward: its state grows with the horizon.
"""

from typing import Any

import numpy as np

from bandits.policies.base.assumptions import constant_means, no_contexts
from bandits.policies.base.history import need_memory
from bandits.policy import Floats, Policy
from bandits.problem_kinds import Kind, Placement
from bandits.simulator.randomness import integer
from bandits.testbed import Testbed
from explore.numerics.compiled import kernel_part

PULLS, SUMS, ORDER, HISTORY = range(4)


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
def select(state: Floats, t: int, rng: Any) -> int:
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
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """Keep the reward."""
    state[HISTORY + int(state[PULLS, arm]), arm] = reward
    state[PULLS, arm] += 1.0
    state[SUMS, arm] += reward


class BESA(Policy):
    """Best empirical sampled average."""

    rule = "pairwise comparison of averages over equally many rewards of each arm"
    good_for = "rewards of unknown family: it compares sub-samples only"
    needs = "nothing"
    source = "Baransi et al. 2014"
    recommended_for = (Placement(Kind.HEAVY_TAILED, 2),)
    compared_on = (Placement(Kind.OTHER, 7),)
    assumptions = (no_contexts, constant_means)

    select = staticmethod(select)
    update = staticmethod(update)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls, and memory for every reward; BadInput where that is too much."""
        need_memory("besa", bed, horizon)
        return np.zeros((HISTORY + horizon, bed.arms))
