"""CUSUM-UCB: its walks by hand, on rewards that change, and on rewards that do not."""

from typing import Any

import numpy as np
import pytest

from bandits.policies import cusum_ucb
from bandits.policies.cusum_ucb import CUSUMUCB
from bandits.simulator.simulation import simulate


@pytest.mark.parametrize("rewards", [[0, 1, 0, 1, 1, 1, 1, 1, 1, 1], [0, 1, 0, 1, 0, 0, 0, 0, 0, 0]])
def test_the_walks_by_hand(rewards: list[int], restarts: Any) -> None:
    """Level 0.5 of 4 rewards, then all alike: each adds 0.5 − 0.1 = 0.4; above 1.5 with the fourth."""
    policy = CUSUMUCB(first=4, tolerance=0.1, threshold=1.5)
    assert restarts(policy, rewards, cusum_ucb.RESTARTS)[0] == 7


def test_changes_are_detected_and_steady_rewards_are_left_alone(restarts: Any) -> None:
    random = np.random.default_rng(4)
    assert restarts(CUSUMUCB(), random.random(1500) < 0.5, cusum_ucb.RESTARTS) == []
    changing = np.concatenate([random.random(700) < 0.2, random.random(700) < 0.9])
    (first,) = restarts(CUSUMUCB(), changing, cusum_ucb.RESTARTS)[:1]
    assert 700 <= first < 760


def test_it_pays_where_arms_change() -> None:
    policies = ["cusum-ucb", "thompson"]
    cusum, keeps = simulate("abrupt:changes=1000/2000/3000", policies, runs=60, horizon=4000, seed=1).policies
    assert cusum.regret + 3 * cusum.regret_se < keeps.regret - 3 * keeps.regret_se
