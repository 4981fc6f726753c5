"""Median elimination has the paper's phases."""

from typing import Any

import numpy as np

from bandits.policies.median_elimination import MedianElimination


def test_it_has_the_papers_phases(arms_pulled: Any) -> None:
    """Four arms: 4/ε₁² ln(3/δ₁) pulls of each, two left; then with ¾ε₁, δ₁/2; then one."""
    epsilon, delta = 0.8 / 4, 0.2 / 2
    first = np.ceil(4 / epsilon**2 * np.log(3 / delta))
    second = np.ceil(4 / (0.75 * epsilon) ** 2 * np.log(3 / (delta / 2)))
    arms = arms_pulled(
        MedianElimination(epsilon=0.8, delta=0.2), [0.1, 0.9, 0.3, 0.2], int(4 * first + 2 * second + 50)
    )
    assert arms.count(0) == arms.count(3) == first
    assert arms.count(2) == first + second
    assert set(arms[-50:]) == {1}
