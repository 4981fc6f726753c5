"""Perturbed-history exploration: coins and averages against their distributions."""

from typing import Any

import numpy as np
import pytest

from bandits.policies import perturbed_history
from bandits.policies.perturbed_history import PerturbedHistory
from bandits.testbeds.bernoulli import TwoArms


@pytest.mark.parametrize("count", [5, 64, 130])
def test_coins_are_binomial(count: int) -> None:
    rng = np.array([3], np.uint64)
    heads = [perturbed_history.coins(rng, count) for _ in range(2000)]
    assert abs(np.mean(heads) - count / 2) < 4 * np.sqrt(count / 4 / 2000)
    assert np.var(heads) == pytest.approx(count / 4, rel=0.15)
    assert 0 <= min(heads) <= max(heads) <= count


def test_perturbed_average_by_hand(state_after: Any) -> None:
    """n = 4, S = 3, a = 1: (3 + Binomial(4, ½)) / 8 has the mean 5/8."""
    pulls = [(0, 1.0), (0, 1.0), (0, 0.0), (0, 1.0), (1, 0.0)]
    state, rng = state_after(PerturbedHistory(a=1.0), TwoArms(), pulls), np.array([3], np.uint64)
    averages = []
    for t in range(2000):
        perturbed_history.select(state, t, rng)
        averages.append(state[perturbed_history.INDEX, 0])
    assert set(np.round(np.array(averages) * 8, 9)) == {3, 4, 5, 6, 7}
    assert np.mean(averages) == pytest.approx(5 / 8, abs=0.015)
