"""EXP3.S replayed in NumPy, and its bound against the published corollary."""

import math
from typing import Any

import numpy as np
import pytest

from bandits.policies.base import adversarial
from bandits.policies.exp3_s import EXP3S
from bandits.testbeds.bernoulli import Bernoulli
from bandits.theory.bounds.of_policy import bounds_for

BED, K, T = Bernoulli(means="0.2/0.5/0.7"), 3, 1000
PULLED = [(0, 1.0), (2, 0.0), (1, 0.5), (1, 1.0), (0, 0.0), (2, 1.0)]


def test_the_probabilities(chances_replayed: Any) -> None:
    w, alpha = np.ones(K), 0.05
    replayed = chances_replayed(EXP3S(gamma=0.2, alpha=alpha), BED, PULLED, T, adversarial.CHANCES)
    for (arm, reward), chances in zip(PULLED, replayed, strict=True):
        p = 0.8 * w / w.sum() + 0.2 / K
        np.testing.assert_allclose(chances, p, rtol=1e-12)
        shared = np.e * alpha / K * w.sum()
        w[arm] *= np.exp(0.2 * reward / p[arm] / K)
        w = w + shared


@pytest.mark.parametrize("stretches", [1, 4])
def test_its_tuned_bound_is_corollary_8_2(stretches: int) -> None:
    """2√(e − 1) √(KT (S ln(KT) + e)), with γ and α as the policy tunes them for S − 1 changes."""
    arms, horizon = 3, 20_000
    (bound,) = bounds_for(f"exp3-s:changes={stretches - 1}", None, horizon, arms=arms, stretches=stretches)
    parts = stretches * math.log(arms * horizon) + math.e
    assert bound.value == pytest.approx(2 * math.sqrt((math.e - 1) * arms * horizon * parts))


def test_its_bound_holds_for_other_settings_but_not_for_other_rewards() -> None:
    (bound,) = bounds_for("exp3-s:gamma=0.5,alpha=0.1", None, 100, arms=2, stretches=2)
    assert bound.value == pytest.approx((math.e - 1) * 50 + 2 * (2 * math.log(20) + 10 * math.e) / 0.5)
    assert bounds_for("exp3-s", None, 100, arms=2, family="gaussian") == []
    assert bounds_for("exp3-s:alpha=2", None, 100, arms=2) == []
