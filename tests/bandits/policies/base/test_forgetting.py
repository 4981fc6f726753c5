"""Discounted and windowed sums against the whole history."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bandits.policies.base import forgetting
from bandits.policies.discounted_thompson import DiscountedThompson
from bandits.policies.discounted_ucb import DiscountedUCB
from bandits.policies.sliding_window_thompson import SlidingWindowThompson
from bandits.policies.sliding_window_ucb import SlidingWindowUCB
from bandits.testbeds.bernoulli import Bernoulli
from bandits.testbeds.families import Gaussian

BED = Bernoulli(means="0.2/0.5/0.7")


def after_pulls(policy: Any, steps: int) -> tuple[Any, Any, Any]:
    """The state after random pulls, and what was pulled and paid."""
    random, rng = np.random.default_rng(2), np.array([3], np.uint64)
    arms, rewards = random.integers(3, size=steps), (random.random(steps) < 0.5).astype(float)
    state = policy.initial(BED, 1000)
    for arm, reward in zip(arms, rewards, strict=True):
        policy.functions(BED)[1](state, arm, reward, rng)
    return state, arms, rewards


@pytest.mark.parametrize("policy", [DiscountedUCB(discount=0.9), DiscountedThompson(discount=0.9)], ids=["ucb", "ts"])
def test_discounted_sums(policy: Any) -> None:
    state, arms, rewards = after_pulls(policy, 40)
    weights = 0.9 ** np.arange(39, -1, -1.0)
    for arm in range(3):
        assert state[forgetting.PULLS, arm] == pytest.approx(weights[arms == arm].sum())
        assert state[forgetting.SUMS, arm] == pytest.approx((weights * rewards)[arms == arm].sum())


@pytest.mark.parametrize("policy", [SlidingWindowUCB(window=11), SlidingWindowThompson(window=11)], ids=["ucb", "ts"])
@pytest.mark.parametrize("steps", [5, 11, 12, 60])
def test_windowed_sums(policy: Any, steps: int) -> None:
    state, arms, rewards = after_pulls(policy, steps)
    for arm in range(3):
        recent = arms[-11:] == arm
        assert state[forgetting.PULLS, arm] == recent.sum()
        assert state[forgetting.SUMS, arm] == rewards[-11:][recent].sum()


@pytest.mark.parametrize("scale", [1.0, 3.0])
@pytest.mark.parametrize("kind", [DiscountedThompson, SlidingWindowThompson])
def test_gaussian_posteriors_where_rewards_are_unbounded(kind: Any, scale: float) -> None:
    """Draws of N(S/(N + σ²/s²), σ²/(N + σ²/s²)), with the sums that are left."""
    policy = kind(scale=scale, **({"discount": 0.9} if kind is DiscountedThompson else {"window": 11}))
    bed = Gaussian(means="0.2/0.5/0.7", deviations="2")
    select, update = policy.functions(bed)
    state, rng = policy.initial(bed, 1000), np.array([3], np.uint64)
    for n in range(40):
        update(state, n % 3, 0.1 * n - 1.0, rng)
    pulls, sums, drawn = state[forgetting.PULLS].copy(), state[forgetting.SUMS].copy(), []
    for _ in range(4000):
        select(state, 41, rng)
        drawn.append(state[forgetting.INDEX].copy())
    for arm in range(3):
        precision = pulls[arm] + 4 / scale**2
        law = stats.norm(sums[arm] / precision, np.sqrt(4 / precision))
        assert stats.kstest(np.array(drawn)[:, arm], law.cdf).pvalue > 1e-3
