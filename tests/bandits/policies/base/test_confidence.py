"""Every arm is tried once before an index counts."""

from typing import Any

import numpy as np
import pytest

from bandits.policies.ucb import UCB
from bandits.policies.ucb1 import UCB1
from bandits.testbeds.bernoulli import Bernoulli

BED = Bernoulli(means="0.1/0.4/0.3")


@pytest.mark.parametrize("policy", [UCB(), UCB1()])
def test_every_arm_is_tried_before_any_again(policy: Any) -> None:
    """In an order drawn at random, whatever is paid: the first arm pays most, and is not pulled twice."""
    select, update = policy.functions(BED)
    orders = set()
    for seed in range(60):
        state, rng = policy.initial(BED, 100), np.array([seed], np.uint64)
        order = []
        for t in (1, 2, 3):
            order.append(select(state, t, rng))
            update(state, order[-1], 100.0 if t == 1 else 0.0, rng)
        orders.add(tuple(order))
    assert all(sorted(order) == [0, 1, 2] for order in orders)
    assert len(orders) == 6
