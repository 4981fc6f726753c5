"""UCB: its index against the formula, its ties, its bound."""

import math
from typing import Any

import numpy as np
import pytest

from bandits.policies import ucb
from bandits.policies.base import confidence
from bandits.policies.ucb import UCB
from bandits.testbeds.bernoulli import Bernoulli
from bandits.theory.bounds.of_policy import bounds_for
from bandits.theory.published import published_for

BED = Bernoulli(means="0.1/0.4/0.3")
PULLS = [(0, 1.0), (0, 0.0), (0, 1.0), (0, 0.0), (1, 0.5), (2, 0.0), (2, 0.75)]  # means ½, ½ and ⅜
T = 8  # the step after these seven


@pytest.mark.parametrize(("c", "scale"), [(2.0, 1.0), (0.1, 1.0), (1.0, 5.0)])
def test_the_index(c: float, scale: float, state_after: Any) -> None:
    state = state_after(UCB(c=c, scale=scale), BED, PULLS)
    arm = ucb.select(state, T, np.array([3], np.uint64))
    expected = np.array([0.5, 0.5, 0.375]) + c * scale * math.sqrt(math.log(8)) / np.sqrt([4, 1, 2])
    assert state[confidence.INDEX] == pytest.approx(expected)
    assert arm == expected.argmax() == 1


def test_without_width_it_is_greedy_and_ties_are_broken_at_random(state_after: Any) -> None:
    state, rng = state_after(UCB(c=0), BED, PULLS), np.array([3], np.uint64)
    counted = np.bincount([ucb.select(state, T, rng) for _ in range(2000)], minlength=3)
    assert counted[2] == 0
    assert counted[0] == pytest.approx(1000, abs=5 * math.sqrt(500))


def test_its_bound_by_hand() -> None:
    """Σ 8ασ² ln T/Δ + Δα/(α−2) with α = c²/2σ²: on [0, 1], σ² = 1/4, c = 2 makes α = 8."""
    (bound,) = bounds_for("ucb:c=2", [0.9, 0.8], 5000)
    assert bound.value == pytest.approx(16 * math.log(5000) / 0.1 + 0.1 * 8 / 6)
    (bound,) = bounds_for("ucb:c=3", [1.0, 0.0], 100, family="gaussian")
    assert bound.value == pytest.approx(36 * math.log(100) + 4.5 / 2.5)
    assert bounds_for("ucb:c=1,scale=3", [1.0, 0.0], 100, family="gaussian")[0].value == bound.value
    assert bounds_for("ucb:c=2", [1.0, 0.0], 100, family="gaussian") == []  # α = 2 is the edge of the theorem


def test_what_is_said_of_c_agrees_with_the_published_figures() -> None:
    reward = {c: published_for("sutton-barto", 1000, f"ucb:c={c}")[0].value for c in (1, 2)}
    assert reward[1] > reward[2]
    assert "c = 1 beats c = 2" in UCB.good_for
