"""MOSS: the index against the paper's formula, and its bound."""

import math
from typing import Any

import numpy as np
import pytest

from bandits.policies.base.optimism import FIRST
from bandits.policies.moss import MOSS
from bandits.testbeds.bernoulli import TwoArms
from bandits.testbeds.gaussian import SuttonBarto
from bandits.theory.bounds.of_policy import bounds_for


def test_the_index_is_the_papers(eight_pulls: Any) -> None:
    T, N, Q = eight_pulls.horizon, eight_pulls.pulls, eight_pulls.means
    index = Q + np.sqrt(np.maximum(np.log(T / (2 * N)), 0) / N)
    np.testing.assert_allclose(eight_pulls.index(MOSS()), index, rtol=1e-12)


def test_rewards_of_another_scale_widen_in_proportion() -> None:
    """On N(μ, 1): four times the variance of a coin, twice the width."""
    assert MOSS().initial(SuttonBarto(), 500)[FIRST, 0] == 4 * MOSS().initial(TwoArms(), 500)[FIRST, 0]


def test_its_bound_by_hand() -> None:
    """39σ√(KT) + ΣΔ."""
    (bound,) = bounds_for("moss", [0.9, 0.8], 5000)
    assert bound.value == pytest.approx(39 * math.sqrt(0.25 * 5000 * 2) + 0.1)
    (bound,) = bounds_for("moss", [1.0, 0.0], 100, family="gaussian", variance=4.0)
    assert bound.value == pytest.approx(78 * math.sqrt(200) + 1)
    assert bounds_for("moss", [1.0, 0.0], 100, family="unknown") == []
