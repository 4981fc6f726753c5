"""Posterior draws against SciPy's posteriors."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bandits.policies.base import posterior as thompson
from bandits.policies.thompson import Thompson
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


def test_the_scale_of_the_prior_is_its_standard_deviation() -> None:
    """scale=2 is the prior variance 4."""
    bed = SuttonBarto()
    one, other = Thompson(scale=2.0).initial(bed, 100), Thompson(prior=4.0).initial(bed, 100)
    assert one.tolist() == other.tolist()


def test_a_reward_between_is_a_coin() -> None:
    """Reward 0.3 a thousand times: about 300 successes."""
    state, rng = Thompson().initial(TwoArms(), 100), np.array([5], np.uint64)
    for _ in range(1000):
        thompson.update_beta(state, 0, 0.3, rng)
    assert state[thompson.PULLS, 0] == 1000
    assert abs(state[thompson.SUMS, 0] - 300) < 4 * (1000 * 0.21) ** 0.5


def test_a_model_that_does_not_fit_is_refused() -> None:
    with pytest.raises(BadInput, match="model=beta does not suit the gaussian rewards"):
        simulate("sutton-barto", ["thompson:model=beta"], runs=1)
