"""Upper confidence bounds with Hoeffding-like widths: the arm with the largest Q(a) + width / √n(a).

Every arm is tried once first, in an order drawn at random; ties are broken at random.
"""

import math
from typing import Any

import numpy as np

from bandits.policy import Floats
from bandits.simulator.batched import BATCH, Chosen, Work, best_batched, break_ties_batched, running_argmax
from bandits.simulator.kernel import Words
from bandits.simulator.randomness import best
from explore.numerics.compiled import kernel_part

C, VALUES, PULLS, SPREAD, INDEX = range(5)  # SPREAD is 1/√n, infinite for an arm not yet tried

SPREADS = 1.0 / np.sqrt(np.maximum(np.arange(4096.0), 1.0))  # of so many pulls; a root and a division cost more


@kernel_part
def largest(state: Floats, width: float, rng: Any) -> int:
    for arm in range(state.shape[1]):
        # An arm of which no reward has arrived comes first; a width of 0 times its infinite spread would be NaN.
        tried = state[PULLS, arm] > 0.0
        state[INDEX, arm] = state[VALUES, arm] + width * state[SPREAD, arm] if tried else math.inf
    return best(state[INDEX], rng)


@kernel_part
def first_pull(state: Floats, t: int, rng: Any) -> int:
    """A random arm among those without a pull, in steps t ≤ arms."""
    for arm in range(state.shape[1]):
        state[INDEX, arm] = -state[PULLS, arm]
    return best(state[INDEX], rng)


@kernel_part
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """The sample average and the width of the pulled arm."""
    state[PULLS, arm] += 1.0
    state[VALUES, arm] += (reward - state[VALUES, arm]) / state[PULLS, arm]
    state[SPREAD, arm] = 1.0 / math.sqrt(state[PULLS, arm])


@kernel_part
def largest_batched(state: Floats, width: float, rng: Words, chosen: Chosen, work: Work) -> None:
    top, tied, index = work[1], work[2], work[3]
    for lane in range(BATCH):
        index[0, lane] = state[VALUES, 0, lane] + width * state[SPREAD, 0, lane]
        top[lane], chosen[lane], tied[lane] = index[0, lane], 0, 0.0
    for arm in range(1, state.shape[1]):
        for lane in range(BATCH):
            value = state[VALUES, arm, lane] + width * state[SPREAD, arm, lane]
            index[arm, lane] = value
            top[lane], chosen[lane], tied[lane] = running_argmax(arm, value, top[lane], chosen[lane], tied[lane])
    break_ties_batched(index, rng, chosen, work)


@kernel_part
def first_pull_batched(state: Floats, rng: Words, chosen: Chosen, work: Work) -> None:
    index = work[3]
    for arm in range(state.shape[1]):
        for lane in range(BATCH):
            index[arm, lane] = -state[PULLS, arm, lane]
    best_batched(index, rng, chosen, work)


@kernel_part
def update_batched(state: Floats, chosen: Chosen, reward: Floats, rng: Words, work: Work) -> None:
    """`update` for many runs at once."""
    for lane in range(BATCH):
        arm = chosen[lane]
        pulls = state[PULLS, arm, lane] + 1.0
        state[PULLS, arm, lane] = pulls
        state[VALUES, arm, lane] += (reward[lane] - state[VALUES, arm, lane]) / pulls
        state[SPREAD, arm, lane] = SPREADS[int(pulls)] if pulls < len(SPREADS) else 1.0 / math.sqrt(pulls)
