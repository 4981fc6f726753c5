"""Sliding-window UCB: the index by hand."""

from typing import Any

import numpy as np

from bandits.policies import sliding_window_ucb
from bandits.policies.base.forgetting import INDEX, PULLS, SUMS
from bandits.policies.sliding_window_ucb import SlidingWindowUCB
from bandits.testbeds.bernoulli import Bernoulli

BED = Bernoulli(means="0.2/0.5/0.7")
RANDOM = np.random.default_rng(2)
PULLED = list(zip(RANDOM.integers(3, size=40), (RANDOM.random(40) < 0.5).astype(float), strict=True))


def test_the_index_by_hand(state_after: Any) -> None:
    """X̄ + √(ξ ln τ / N)."""
    state = state_after(SlidingWindowUCB(window=11), BED, PULLED)
    sliding_window_ucb.select(state, 41, np.array([1], np.uint64))
    n, x = state[PULLS], state[SUMS] / state[PULLS]
    np.testing.assert_allclose(state[INDEX], x + np.sqrt(0.6 * np.log(11) / n))
