"""EXP3 replayed in NumPy, its tuning, and its bound."""

import math
from typing import Any

import numpy as np
import pytest

from bandits.policies.base import adversarial
from bandits.policies.exp3 import EXP3
from bandits.testbeds.bernoulli import Bernoulli
from bandits.theory.bounds.of_policy import bounds_for

BED, K, T = Bernoulli(means="0.2/0.5/0.7"), 3, 1000
PULLED = [(0, 1.0), (2, 0.0), (1, 0.5), (1, 1.0), (0, 0.0), (2, 1.0)]


def test_the_probabilities(chances_replayed: Any) -> None:
    w = np.ones(K)
    replayed = chances_replayed(EXP3(gamma=0.2), BED, PULLED, T, adversarial.CHANCES)
    for (arm, reward), chances in zip(PULLED, replayed, strict=True):
        p = 0.8 * w / w.sum() + 0.2 / K
        np.testing.assert_allclose(chances, p, rtol=1e-12)
        w[arm] *= np.exp(0.2 * reward / p[arm] / K)


def test_tuned_gamma() -> None:
    """√(K ln K / ((e − 1) T))."""
    expected = np.sqrt(3 * np.log(3) / ((np.e - 1) * 1000))
    assert EXP3().initial(BED, T)[adversarial.GAMMA, 0] == pytest.approx(expected)


def test_its_bound_by_hand() -> None:
    (bound,) = bounds_for("exp3:gamma=0.1", [0.9, 0.8], 5000)
    assert bound.value == pytest.approx((math.e - 1) * 500 + 2 * math.log(2) / 0.1)
    (bound,) = bounds_for("exp3", [0.9, 0.8], 5000)  # corollary 3.2
    assert bound.value == pytest.approx(2 * math.sqrt((math.e - 1) * 5000 * 2 * math.log(2)))
    assert bounds_for("exp3", None, 100, arms=2, stretches=2) == []  # against the best single arm only
