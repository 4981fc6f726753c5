"""UCB1: its index against the formula, its bound."""

import math
from typing import Any

import numpy as np
import pytest

from bandits.policies import ucb1
from bandits.policies.base import confidence
from bandits.policies.ucb1 import UCB1
from bandits.testbeds.bernoulli import Bernoulli
from bandits.theory.bounds.of_policy import bounds_for

BED = Bernoulli(means="0.1/0.4/0.3")
PULLS = [(0, 1.0), (0, 0.0), (0, 1.0), (0, 0.0), (1, 0.5), (2, 0.0), (2, 0.75)]  # means ½, ½ and ⅜
T = 8  # the step after these seven


@pytest.mark.parametrize(("alpha", "scale"), [(2.0, 1.0), (0.02, 1.0), (2.0, 4.0)])
def test_the_index(alpha: float, scale: float, state_after: Any) -> None:
    """t counts the pulls made so far: 7."""
    state = state_after(UCB1(alpha=alpha, scale=scale), BED, PULLS)
    arm = ucb1.select(state, T, np.array([3], np.uint64))
    expected = np.array([0.5, 0.5, 0.375]) + scale * math.sqrt(alpha * math.log(7)) / np.sqrt([4, 1, 2])
    assert state[confidence.INDEX] == pytest.approx(expected)
    assert arm == expected.argmax() == 1


def test_its_bound_by_hand() -> None:
    ln = math.log(5000)
    (bound,) = bounds_for("ucb1", [0.9, 0.8], 5000)
    assert bound.value == pytest.approx(80 * ln + 0.1 * (1 + math.pi**2 / 3))
    (bound,) = bounds_for("ucb1:alpha=4", [0.9, 0.8], 5000)  # the index of ucb:c=2
    assert bound.value == pytest.approx(16 * ln / 0.1 + 0.1 * 8 / 6)
    assert bounds_for("ucb1", [1.0, 0.0], 100, family="gaussian") == []


def test_simulated_regret_stays_below_the_bound() -> None:
    """500.8 was measured on problem B at T = 10⁴ by another implementation; here a simulation in NumPy."""
    assert bounds_for("ucb1", [0.1, *[0.05] * 3, *[0.02] * 3, *[0.01] * 3], 10_000)[0].value > 500.8
    rng, runs, horizon = np.random.default_rng(0), 400, 1000
    means = np.array([0.9, 0.5])
    pulls, wins = np.ones((runs, 2)), (rng.random((runs, 2)) < means).astype(float)
    for t in range(3, horizon + 1):
        arm = (wins / pulls + np.sqrt(2 * np.log(t - 1) / pulls)).argmax(1)
        rows = np.arange(runs)
        wins[rows, arm] += rng.random(runs) < means[arm]
        pulls[rows, arm] += 1
    assert pulls[:, 1].mean() * 0.4 < bounds_for("ucb1", [0.9, 0.5], horizon)[0].value
