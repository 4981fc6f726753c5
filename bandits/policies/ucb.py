"""Optimism in the face of uncertainty, by Hoeffding-like widths: take the arm with the largest

    Q(a) + width(t, n(a))

after every arm has been tried once, ties broken at random.

`ucb`   c √(ln t / n)       Sutton & Barto 2018, equation 2.10; t counts steps from 1
`ucb1`  √(α ln t / n), α = 2   Auer, Cesa-Bianchi & Fischer 2002, figure 1; t counts the pulls made so far;
        for rewards in [0, 1]; α is Bubeck's parameter (UCB(α))
"""

import math
from typing import Any

import numpy as np
from pydantic import Field

from bandits.policy import Floats, Policy, rows
from bandits.simulator.batched import BATCH, Chosen, Work, best_batched, break_ties_batched, running_argmax
from bandits.simulator.kernel import Words
from bandits.simulator.randomness import best
from bandits.testbed import Testbed
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part

C, VALUES, PULLS, SPREAD, INDEX = range(5)  # SPREAD is 1/√n, infinite for an arm not yet tried

SPREADS = 1.0 / np.sqrt(np.maximum(np.arange(4096.0), 1.0))  # of so many pulls; a root and a division cost more


@kernel_part
def _largest(state: Floats, width: float, rng: Any) -> int:
    for arm in range(state.shape[1]):
        state[INDEX, arm] = state[VALUES, arm] + width * state[SPREAD, arm]
    return best(state[INDEX], rng)


@kernel_part
def _untried(state: Floats, t: int, rng: Any) -> int:
    """A random arm among those without a pull, in steps t ≤ arms."""
    for arm in range(state.shape[1]):
        state[INDEX, arm] = -state[PULLS, arm]
    return best(state[INDEX], rng)


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """The largest Q + c √(ln t / n)."""
    if t <= state.shape[1]:
        return _untried(state, t, rng)
    return _largest(state, state[C, 0] * math.sqrt(math.log(t)), rng)


@kernel_part
def select_ucb1(state: Floats, t: int, rng: Any) -> int:
    """The largest Q + √(α ln(t − 1) / n); t − 1 pulls were made before step t."""
    if t <= state.shape[1]:
        return _untried(state, t, rng)
    return _largest(state, math.sqrt(state[C, 0] * math.log(t - 1)), rng)


@kernel_part
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """The sample average and the width of the pulled arm."""
    state[PULLS, arm] += 1.0
    state[VALUES, arm] += (reward - state[VALUES, arm]) / state[PULLS, arm]
    state[SPREAD, arm] = 1.0 / math.sqrt(state[PULLS, arm])


@kernel_part
def _largest_batched(state: Floats, width: float, rng: Words, chosen: Chosen, work: Work) -> None:
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
def _untried_batched(state: Floats, rng: Words, chosen: Chosen, work: Work) -> None:
    index = work[3]
    for arm in range(state.shape[1]):
        for lane in range(BATCH):
            index[arm, lane] = -state[PULLS, arm, lane]
    best_batched(index, rng, chosen, work)


@kernel_part
def select_batched(state: Floats, t: int, rng: Words, chosen: Chosen, work: Work) -> None:
    """`select` for many runs at once."""
    if t <= state.shape[1]:
        _untried_batched(state, rng, chosen, work)
    else:
        _largest_batched(state, state[C, 0, 0] * math.sqrt(math.log(t)), rng, chosen, work)


@kernel_part
def select_ucb1_batched(state: Floats, t: int, rng: Words, chosen: Chosen, work: Work) -> None:
    """`select_ucb1` for many runs at once."""
    if t <= state.shape[1]:
        _untried_batched(state, rng, chosen, work)
    else:
        _largest_batched(state, math.sqrt(state[C, 0, 0] * math.log(t - 1)), rng, chosen, work)


@kernel_part
def update_batched(state: Floats, chosen: Chosen, reward: Floats, rng: Words, work: Work) -> None:
    """`update` for many runs at once."""
    for lane in range(BATCH):
        arm = chosen[lane]
        pulls = state[PULLS, arm, lane] + 1.0
        state[PULLS, arm, lane] = pulls
        state[VALUES, arm, lane] += (reward[lane] - state[VALUES, arm, lane]) / pulls
        state[SPREAD, arm, lane] = SPREADS[int(pulls)] if pulls < len(SPREADS) else 1.0 / math.sqrt(pulls)


class UCB(Policy):
    """Sutton & Barto's UCB."""

    class Settings(Settings):
        c: float = Field(2.0, ge=0, description="width of the confidence interval")

    select = staticmethod(select)
    update = staticmethod(update)
    batched = (select_batched, update_batched)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls."""
        return rows(bed.arms, self.settings.c, 0.0, 0.0, math.inf, 0.0)


class UCB1(Policy):
    """UCB1."""

    class Settings(Settings):
        alpha: float = Field(2.0, gt=0, description="factor of ln t under the root")

    select = staticmethod(select_ucb1)
    update = staticmethod(update)
    batched = (select_ucb1_batched, update_batched)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls."""
        return rows(bed.arms, self.settings.alpha, 0.0, 0.0, math.inf, 0.0)
