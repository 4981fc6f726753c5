"""ε-first: random, then never; and its bound."""

import math
from typing import Any

import pytest

from bandits.policies.epsilon_first import EpsilonFirst
from bandits.theory.bounds.of_policy import bounds_for


def test_first_at_random_then_never(share_of_best: Any, near: Any) -> None:
    policy = EpsilonFirst(pulls=30)
    assert [share_of_best(policy, t) for t in (1, 30)] == [near(1 / 4)] * 2
    assert [share_of_best(policy, t) for t in (31, 1000)] == [1.0, 1.0]
    assert share_of_best(EpsilonFirst(pulls=0), 1) == 1.0


def test_its_bound_is_the_cost_of_exploring_and_of_a_wrong_choice() -> None:
    """Two arms, Δ = 0.4, κ = 0.08, x = 500 when exploration ends."""
    horizon, first = 10_000, 2000
    late = 2 * (501 * math.exp(-100) + math.exp(-40) / 0.08)
    value = bounds_for(f"epsilon-first:pulls={first}", [0.9, 0.5], horizon)[0].value
    assert value == pytest.approx(first * 0.4, rel=0.5)
    assert value >= first * 0.4 / 2 + (horizon - first) * 0.4 * late
