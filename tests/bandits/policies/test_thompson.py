"""Posterior draws against SciPy's posteriors, published regret, and the batched."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bandits.policies import thompson
from bandits.policies.thompson import Thompson, TopTwoThompson
from bandits.simulator import batched
from bandits.simulator.simulation import simulate
from bandits.testbeds.bernoulli import TwoArms
from bandits.testbeds.gaussian import SuttonBarto
from explore.errors import BadInput

COINS = [1.0, 0.0, 1.0, 1.0]
NUMBERS = [0.3, -1.2, 2.0, 0.7, 1.1]
SPREAD = sum((x - np.mean(NUMBERS)) ** 2 for x in NUMBERS)
CASES = [
    ("beta", 1.0, COINS, stats.beta(4, 2)),
    ("beta", 0.5, COINS, stats.beta(3.5, 1.5)),
    ("gaussian", 4.0, NUMBERS, stats.norm(sum(NUMBERS) / 5.25, 5.25**-0.5)),
    ("student", 1.0, NUMBERS, stats.t(3, np.mean(NUMBERS), (SPREAD / (5 * 3)) ** 0.5)),
    ("gamma", 1.0, [2.0, 0.0, 3.0], stats.gamma(6, scale=1 / 4)),
]


class Counts(TwoArms):
    """Poisson arms in name, which is all that a posterior asks."""

    family = "poisson"


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
@pytest.mark.parametrize(("model", "prior", "rewards", "posterior"), CASES)
def test_draws_follow_the_posterior(model: str, prior: float, rewards: list[float], posterior: Any) -> None:
    """Kolmogorov–Smirnov against the textbook posterior after a few rewards of arm 1."""
    bed = {"beta": TwoArms, "gamma": Counts}.get(model, SuttonBarto)()
    policy, rng = Thompson(model=model, prior=prior), np.array([9], np.uint64)
    select, update = policy.functions(bed)
    state = policy.initial(bed, 100)
    for reward in rewards:
        update.py_func(state, 1, reward, rng)
    draws = []
    for t in range(3000):
        select(state, t, rng)
        draws.append(state[thompson.DRAWS, 1])
    assert stats.kstest(draws, posterior.cdf).pvalue > 1e-3


@pytest.mark.parametrize(("testbed", "horizon", "published"), [("problem-b", 10_000, 81.1), ("two-arms", 5_000, 8.9)])
def test_published_regret(testbed: str, horizon: int, published: float) -> None:
    found = simulate(testbed, ["thompson"], runs=1000, horizon=horizon, seed=3).policies[0]
    assert abs(found.regret - published) < 4 * found.regret_se


def test_side_by_side_is_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    settings: dict[str, Any] = {"runs": batched.BATCH + 3, "horizon": 200, "seed": 4}
    beside = simulate(policies=["thompson"], **settings).policies[0]
    monkeypatch.setattr(Thompson, "lanes_on", lambda self, bed: None)
    np.testing.assert_array_equal(beside.regrets, simulate(policies=["thompson"], **settings).policies[0].regrets)


def test_a_reward_between_is_a_coin() -> None:
    """Reward 0.3 a thousand times: about 300 successes."""
    state, rng = Thompson().initial(TwoArms(), 100), np.array([5], np.uint64)
    for _ in range(1000):
        thompson.update_beta(state, 0, 0.3, rng)
    assert state[thompson.PULLS, 0] == 1000
    assert abs(state[thompson.SUMS, 0] - 300) < 4 * (1000 * 0.21) ** 0.5


def test_top_two_shares_its_pulls() -> None:
    """With one arm far ahead half of the pulls go to the others."""
    policy, bed, rng = TopTwoThompson(), TwoArms(), np.array([2], np.uint64)
    state = policy.initial(bed, 100)
    select, update = policy.functions(bed)
    for n in range(30):
        update(state, 0, 1.0, rng)
        update(state, 1, float(n % 3 == 0), rng)
    chosen = [select(state, 61 + n, rng) for n in range(2000)]
    assert abs(np.mean(chosen) - 0.5) < 4 * 0.5 / 2000**0.5


def test_a_model_that_does_not_fit_is_refused() -> None:
    with pytest.raises(BadInput, match="model=beta does not suit the gaussian rewards"):
        simulate("sutton-barto", ["thompson:model=beta"], runs=1)
