"""Discounted and windowed sums against the whole history, and who wins where arms change."""

from typing import Any

import numpy as np
import pytest
from bandits.policies.forgetting import DiscountedThompson, DiscountedUCB, SlidingWindowThompson, SlidingWindowUCB
from scipy import stats

from bandits.policies import forgetting
from bandits.simulator.simulation import simulate
from bandits.testbeds.bernoulli import Bernoulli
from bandits.testbeds.families import Gaussian

BED = Bernoulli(means="0.2/0.5/0.7")


def lived(policy: Any, steps: int) -> tuple[Any, Any, Any]:
    """The state after random pulls, and what was pulled and paid."""
    random, rng = np.random.default_rng(2), np.array([3], np.uint64)
    arms, rewards = random.integers(3, size=steps), (random.random(steps) < 0.5).astype(float)
    state = policy.initial(BED, 1000)
    for arm, reward in zip(arms, rewards, strict=True):
        policy.functions(BED)[1](state, arm, reward, rng)
    return state, arms, rewards


@pytest.mark.parametrize("policy", [DiscountedUCB(discount=0.9), DiscountedThompson(discount=0.9)], ids=["ucb", "ts"])
def test_discounted_sums(policy: Any) -> None:
    state, arms, rewards = lived(policy, 40)
    weights = 0.9 ** np.arange(39, -1, -1.0)
    for arm in range(3):
        assert state[forgetting.PULLS, arm] == pytest.approx(weights[arms == arm].sum())
        assert state[forgetting.SUMS, arm] == pytest.approx((weights * rewards)[arms == arm].sum())


@pytest.mark.parametrize("policy", [SlidingWindowUCB(window=11), SlidingWindowThompson(window=11)], ids=["ucb", "ts"])
@pytest.mark.parametrize("steps", [5, 11, 12, 60])
def test_windowed_sums(policy: Any, steps: int) -> None:
    state, arms, rewards = lived(policy, steps)
    for arm in range(3):
        recent = arms[-11:] == arm
        assert state[forgetting.PULLS, arm] == recent.sum()
        assert state[forgetting.SUMS, arm] == rewards[-11:][recent].sum()


def test_indices_by_hand() -> None:
    """X̄ + 2√(ξ ln n / N) and X̄ + √(ξ ln τ / N)."""
    state, _, _ = lived(DiscountedUCB(discount=0.9), 40)
    forgetting.select_discounted(state, 41, np.array([1], np.uint64))
    n, x = state[forgetting.PULLS], state[forgetting.SUMS] / state[forgetting.PULLS]
    np.testing.assert_allclose(state[forgetting.INDEX], x + 2 * np.sqrt(0.6 * np.log(n.sum()) / n))
    state, _, _ = lived(SlidingWindowUCB(window=11), 40)
    forgetting.select_window(state, 41, np.array([1], np.uint64))
    n, x = state[forgetting.PULLS], state[forgetting.SUMS] / state[forgetting.PULLS]
    np.testing.assert_allclose(state[forgetting.INDEX], x + np.sqrt(0.6 * np.log(11) / n))


def test_forgetting_pays_where_arms_change() -> None:
    forgets, keeps = simulate(
        "abrupt:changes=1000/2000/3000", ["sliding-window-thompson", "thompson"], runs=60, horizon=4000, seed=1
    ).policies
    assert forgets.regret + 3 * forgets.regret_se < keeps.regret - 3 * keeps.regret_se


@pytest.mark.parametrize("policy", [DiscountedThompson(discount=0.9), SlidingWindowThompson(window=11)])
def test_gaussian_posteriors_where_rewards_are_unbounded(policy: Any) -> None:
    """Draws of N(S/(N + σ²), σ²/(N + σ²)), with the sums that are left."""
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
        law = stats.norm(sums[arm] / (pulls[arm] + 4), np.sqrt(4 / (pulls[arm] + 4)))
        assert stats.kstest(np.array(drawn)[:, arm], law.cdf).pvalue > 1e-3
