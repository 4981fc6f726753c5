"""The index against the formulas, every arm once before it counts, and ties."""

import math
from typing import Any

import numpy as np
import pytest

from bandits.policies import ucb
from bandits.policies.ucb import UCB, UCB1
from bandits.testbeds.bernoulli import Bernoulli

BED = Bernoulli(means="0.1/0.4/0.3")
REWARDS = {0: [1.0, 0.0, 1.0, 0.0], 1: [0.5], 2: [0.0, 0.75]}
T = 8  # the step after these seven


def learnt(policy: Any) -> Any:
    """The state after `REWARDS`."""
    state = policy.initial(BED, 100)
    for arm, rewards in REWARDS.items():
        for reward in rewards:
            policy.functions(BED)[1](state, arm, reward, np.array([3], np.uint64))
    return state


@pytest.mark.parametrize(
    ("policy", "width"),
    [
        (UCB(c=2), 2 * math.sqrt(math.log(8))),
        (UCB(c=0.1), 0.1 * math.sqrt(math.log(8))),
        (UCB1(), math.sqrt(2 * math.log(7))),  # the pulls made so far
        (UCB1(alpha=0.02), math.sqrt(0.02 * math.log(7))),
    ],
)
def test_the_index(policy: Any, width: float) -> None:
    """Means ½, ½ and ⅜ of four pulls, one and two."""
    state = learnt(policy)
    arm = policy.functions(BED)[0](state, T, np.array([3], np.uint64))
    expected = np.array([0.5, 0.5, 0.375]) + width / np.sqrt([4, 1, 2])
    assert state[ucb.INDEX] == pytest.approx(expected)
    assert arm == expected.argmax() == 1


def test_without_width_it_is_greedy_and_ties_are_broken_at_random() -> None:
    state, rng = learnt(UCB(c=0)), np.array([3], np.uint64)
    counted = np.bincount([ucb.select(state, T, rng) for _ in range(2000)], minlength=3)
    assert counted[2] == 0
    assert counted[0] == pytest.approx(1000, abs=5 * math.sqrt(500))


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
