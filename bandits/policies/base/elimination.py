"""Policies in phases: the arms that are left are pulled in turn, then some are dropped, or all but one."""

import math
from typing import Any

from bandits.policy import Floats
from bandits.simulator.randomness import best
from explore.numerics.compiled import kernel_part

TARGET, EPSILON, DELTA, SPREAD, VALUES, PULLS, LEFT, INDEX = range(8)


@kernel_part
def next_arm(state: Floats, rng: Any) -> int:
    """The arm left with the fewest pulls, ties broken at random."""
    for arm in range(state.shape[1]):
        state[INDEX, arm] = -state[PULLS, arm] if state[LEFT, arm] > 0.0 else -math.inf
    return best(state[INDEX], rng)


@kernel_part
def arms_left(state: Floats) -> int:
    left = 0
    for arm in range(state.shape[1]):
        left += 1 if state[LEFT, arm] > 0.0 else 0
    return left


@kernel_part
def fewest_pulls(state: Floats) -> float:
    """The fewest pulls of an arm left."""
    fewest = math.inf
    for arm in range(state.shape[1]):
        if state[LEFT, arm] > 0.0:
            fewest = min(fewest, state[PULLS, arm])
    return fewest


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """The next in turn."""
    return next_arm(state, rng)


@kernel_part
def average(state: Floats, arm: int, reward: float) -> None:
    state[PULLS, arm] += 1.0
    state[VALUES, arm] += (reward - state[VALUES, arm]) / state[PULLS, arm]
