"""εₙ-greedy: the schedule of ε, and its bound."""

from typing import Any

import pytest

from bandits.policies.epsilon_decreasing import EpsilonDecreasing
from bandits.theory.bounds.of_policy import bounds_for


@pytest.mark.parametrize(("t", "epsilon"), [(1, 1.0), (80, 1.0), (160, 0.5), (800, 0.1)])
def test_decreasing_epsilon(t: int, epsilon: float, share_of_best: Any, near: Any) -> None:
    """ε_t = min(1, cK/(d²t)): with c = 5, d = ½ and four arms 80/t."""
    assert share_of_best(EpsilonDecreasing(c=5, d=0.5), t) == near(1 - epsilon * 3 / 4)


def test_its_bound_is_trivial_while_few_arms_were_explored() -> None:
    """Later it is the cost of exploring and of the errors after x random pulls."""
    two = [0.9, 0.8]
    spec = "epsilon-decreasing:c=6,d=0.1"
    assert bounds_for(spec, two, 1200)[0].value == pytest.approx(120)
    assert bounds_for(spec, two, 10**6)[0].value < 0.2 * 0.05 * 10**6
    assert bounds_for(f"{spec},alpha=0.1", two, 1200) == []
