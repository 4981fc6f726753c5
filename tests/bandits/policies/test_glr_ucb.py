"""GLR-klUCB: its test and its index by hand, on rewards that change, and on rewards that do not."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq

from bandits.policies import glr_ucb
from bandits.policies.glr_ucb import GLRUCB
from bandits.simulator.simulation import simulate
from bandits.testbeds.bernoulli import Bernoulli
from bandits.theory.divergences import kl_bernoulli


def test_the_likelihood_ratio_test_by_hand(restarts: Any) -> None:
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
    assert restarts(GLRUCB(stride=1), rewards, glr_ucb.RESTARTS)[0] == first - 1


def test_the_index_counts_the_steps_since_the_arms_own_restart() -> None:
    """Arm 0 restarts in step 60; in step 90 its level is ln(89 − 60 + 1), that of arm 1 ln 89 (Besson et al. 2022)."""
    bed, policy, rng = Bernoulli(means="0.3/0.6"), GLRUCB(stride=1, exploration=0.0), np.array([3], np.uint64)
    state = policy.initial(bed, 200)
    glr_ucb.update(state, 1, 0.0, rng)
    for t in range(2, 90):
        glr_ucb.select(state, t, rng)
        glr_ucb.update(state, 0, float(t > 30), rng)
    (restart,) = {int(step) for step in state[glr_ucb.RESTARTED, :1]}
    assert 30 < restart < 60
    glr_ucb.select(state, 90, rng)
    for arm, since in ((0, 89 - restart), (1, 89)):
        n, mean = state[glr_ucb.PULLS, arm], state[glr_ucb.SUMS, arm] / state[glr_ucb.PULLS, arm]
        if mean < 1.0:
            bound = brentq(
                lambda q, m=mean, n=n, since=since: n * kl_bernoulli(m, q) - math.log(since), mean, 1 - 1e-12
            )
            assert state[glr_ucb.INDEX, arm] == pytest.approx(bound, abs=1e-9)


def test_changes_are_detected_and_steady_rewards_are_left_alone(restarts: Any) -> None:
    random = np.random.default_rng(4)
    assert restarts(GLRUCB(), random.random(1500) < 0.5, glr_ucb.RESTARTS) == []
    changing = np.concatenate([random.random(700) < 0.2, random.random(700) < 0.9])
    (first,) = restarts(GLRUCB(), changing, glr_ucb.RESTARTS)[:1]
    assert 700 <= first < 760


def test_it_pays_where_arms_change() -> None:
    policies = ["glr-ucb", "thompson"]
    glr, keeps = simulate("abrupt:changes=1000/2000/3000", policies, runs=60, horizon=4000, seed=1).policies
    assert glr.regret + 3 * glr.regret_se < keeps.regret - 3 * keeps.regret_se
