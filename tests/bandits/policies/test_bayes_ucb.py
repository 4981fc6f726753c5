"""Quantiles against SciPy, and the lazy search against all quantiles."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bandits.policies import bayes_ucb
from bandits.policies.bayes_ucb import BayesUCB
from bandits.testbeds.bernoulli import ProblemB
from bandits.testbeds.gaussian import SuttonBarto


@given(st.floats(1, 2000), st.floats(1, 2000), st.floats(1e-9, 0.5))
def test_beta_quantiles(a: float, b: float, tail: float) -> None:
    assert bayes_ucb.beta_upper(a, b, tail) == pytest.approx(stats.beta(a, b).isf(tail), rel=1e-7, abs=1e-9)


@given(st.floats(0, 1), st.floats(1, 500), st.floats(1, 500))
def test_beta_tails(x: float, a: float, b: float) -> None:
    assert bayes_ucb.beta_tail(x, a, b) == pytest.approx(stats.beta(a, b).sf(x), abs=1e-11)


@given(st.floats(1e-12, 0.5))
def test_normal_quantiles(tail: float) -> None:
    assert bayes_ucb.normal_upper(tail) == pytest.approx(stats.norm.isf(tail), abs=1e-9)


def test_the_lazy_choice_has_the_largest_quantile() -> None:
    bed, rng, random = ProblemB(), np.array([7], np.uint64), np.random.default_rng(1)
    policy = BayesUCB()
    state = policy.initial(bed, 1000)
    select, update = policy.functions(bed)
    for t in range(1, 500):
        won, lost = state[bayes_ucb.SUMS], state[bayes_ucb.PULLS] - state[bayes_ucb.SUMS]
        quantiles = stats.beta(1 + won, 1 + lost).isf(min(1 / t, 0.5))
        arm = select(state, t, rng)
        assert quantiles[arm] == pytest.approx(quantiles.max(), abs=1e-7)
        if random.random() < 0.4:
            update(state, arm, float(random.random() < 0.3), rng)


def test_gaussian_index_by_hand() -> None:
    """x̄ + z σ/√n with P(Z > z) = 1/t."""
    bed, rng = SuttonBarto(arms=2), np.array([7], np.uint64)
    policy = BayesUCB()
    state = policy.initial(bed, 1000)
    select, update = policy.functions(bed)
    for arm, reward in ((0, 1.0), (0, 0.0), (0, 0.5), (0, 0.5), (1, 0.2)):
        update(state, arm, reward, rng)
    select(state, 40, rng)
    z = stats.norm.isf(1 / 40)
    np.testing.assert_allclose(state[bayes_ucb.INDEX], [0.5 + z / 2, 0.2 + z], rtol=1e-9)
    assert BayesUCB(c=5.0).initial(bed, 1000)[bayes_ucb.SCALE, 0] == pytest.approx(math.log(1000) ** 5)
