"""Explore-then-commit: its phases, and its bound."""

import math
from typing import Any

import pytest

from bandits.policies.explore_then_commit import ExploreThenCommit
from bandits.theory.bounds.of_policy import bounds_for


def test_five_pulls_of_each_then_the_best_for_ever(arms_pulled: Any) -> None:
    arms = arms_pulled(ExploreThenCommit(pulls=5), [0.1, 0.9, 0.3, 0.2], 60)
    for first in range(0, 20, 4):
        assert sorted(arms[first : first + 4]) == [0, 1, 2, 3]
    assert set(arms[20:]) == {1}


def test_its_bound_by_hand() -> None:
    """mΣΔ + (T − mK)ΣΔ exp(−mΔ²/4σ²)."""
    (bound,) = bounds_for("explore-then-commit:pulls=100", [0.9, 0.8], 5000)
    assert bound.value == pytest.approx(10 + 4800 * 0.1 * math.exp(-1))
    (bound,) = bounds_for("explore-then-commit:pulls=8", [1.0, 0.0], 100, family="gaussian", variance=4.0)
    assert bound.value == pytest.approx(8 + 84 * math.exp(-8 / 16))
    assert bounds_for("explore-then-commit:pulls=100", [0.9, 0.8], 150) == []
