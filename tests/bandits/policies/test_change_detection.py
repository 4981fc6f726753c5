"""The tests for a change: by hand, on rewards that change, and on rewards that do not."""

import math
from typing import Any

import numpy as np
import pytest
from bandits.policies.change_detection import CUSUMUCB, GLRUCB

from bandits.policies import change_detection as cd
from bandits.simulator.simulation import simulate
from bandits.testbeds.bernoulli import Bernoulli
from bandits.theory.divergences import kl_bernoulli

BED = Bernoulli(means="0.3/0.6")


def restarts(policy: Any, rewards: Any) -> list[int]:
    """After which rewards of arm 0 it began anew."""
    state, rng, found = policy.initial(BED, len(rewards)), np.array([3], np.uint64), []
    for n, reward in enumerate(rewards):
        before = state[cd.RESTARTS, 0]
        policy.functions(BED)[1](state, 0, float(reward), rng)
        if state[cd.RESTARTS, 0] > before:
            found.append(n)
    return found


def test_the_likelihood_ratio_test_by_hand() -> None:
    """30 zeros, then ones: the first length at which some split exceeds ln(3 n √n / δ)."""
    rewards = [0.0] * 30 + [1.0] * 30

    def alarm(n: int) -> bool:
        x = np.array(rewards[:n])
        ratios = [
            s * kl_bernoulli(x[:s].mean(), x.mean()) + (n - s) * kl_bernoulli(x[s:].mean(), x.mean())
            for s in range(1, n)
        ]
        return max(ratios) >= math.log(3 * n * math.sqrt(n) / 0.01)

    first = next(n for n in range(2, 61) if alarm(n))
    assert restarts(GLRUCB(stride=1), rewards)[0] == first - 1


def test_cusum_by_hand() -> None:
    """Level 0.5 of 4 rewards, then ones: each adds 1 − 0.5 − 0.1 = 0.4; above 1.5 with the fourth."""
    assert restarts(CUSUMUCB(first=4, tolerance=0.1, threshold=1.5), [0, 1, 0, 1, 1, 1, 1, 1, 1, 1])[0] == 7
    assert restarts(CUSUMUCB(first=4, tolerance=0.1, threshold=1.5), [0, 1, 0, 1, 0, 0, 0, 0, 0, 0])[0] == 7


@pytest.mark.parametrize("policy", [GLRUCB(), CUSUMUCB()], ids=["glr", "cusum"])
def test_changes_are_found_and_steadiness_is_left_alone(policy: Any) -> None:
    random = np.random.default_rng(4)
    assert restarts(policy, random.random(1500) < 0.5) == []
    changing = np.concatenate([random.random(700) < 0.2, random.random(700) < 0.9])
    (found,) = restarts(policy, changing)[:1]
    assert 700 <= found < 760


def test_it_pays_where_arms_change() -> None:
    glr, cusum, keeps = simulate(
        "abrupt:changes=1000/2000/3000", ["glr-ucb", "cusum-ucb", "thompson"], runs=60, horizon=4000, seed=1
    ).policies
    for found in (glr, cusum):
        assert found.regret + 3 * found.regret_se < keeps.regret - 3 * keeps.regret_se
