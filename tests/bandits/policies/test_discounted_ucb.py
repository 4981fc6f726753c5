"""Discounted UCB: the index by hand."""

from typing import Any

import numpy as np

from bandits.policies import discounted_ucb
from bandits.policies.base.forgetting import INDEX, PULLS, SUMS
from bandits.policies.discounted_ucb import DiscountedUCB
from bandits.testbeds.bernoulli import Bernoulli

BED = Bernoulli(means="0.2/0.5/0.7")
RANDOM = np.random.default_rng(2)
PULLED = list(zip(RANDOM.integers(3, size=40), (RANDOM.random(40) < 0.5).astype(float), strict=True))


def test_the_index_by_hand(state_after: Any) -> None:
    """X̄ + 2√(ξ ln n / N)."""
    state = state_after(DiscountedUCB(discount=0.9), BED, PULLED)
    discounted_ucb.select(state, 41, np.array([1], np.uint64))
    n, x = state[PULLS], state[SUMS] / state[PULLS]
    np.testing.assert_allclose(state[INDEX], x + 2 * np.sqrt(0.6 * np.log(n.sum()) / n))
