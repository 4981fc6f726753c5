"""Phases and eliminations, counted by hand."""

from typing import Any

import numpy as np
import pytest
from bandits.policies.elimination import ExploreThenCommit, MedianElimination, SuccessiveElimination

from bandits.policies import elimination
from bandits.testbeds.bernoulli import Bernoulli

BED = Bernoulli(means="0.1/0.9/0.3/0.2")
PAYS = [0.1, 0.9, 0.3, 0.2]  # without noise


def pulled(policy: Any, steps: int) -> list[int]:
    state, rng = policy.initial(BED, steps), np.array([2], np.uint64)
    select, update = policy.functions(BED)
    arms = []
    for t in range(1, steps + 1):
        arms.append(select(state, t, rng))
        update(state, arms[-1], PAYS[arms[-1]], rng)
    return arms


def test_explore_then_commit() -> None:
    """Five pulls of each, one of each in every four, then the best for ever."""
    arms = pulled(ExploreThenCommit(pulls=5), 60)
    for round_ in range(5):
        assert sorted(arms[4 * round_ : 4 * round_ + 4]) == [0, 1, 2, 3]
    assert set(arms[20:]) == {1}


def test_successive_elimination_drops_an_arm_in_the_round_that_the_bound_says() -> None:
    """Arm a goes in the first round r with 0.9 − mean ≥ 2 √(ln(16 r²/δ)/r), δ = 0.05."""
    arms = pulled(SuccessiveElimination(), 1200)
    rounds = np.arange(1, 400)
    widths = 2 * np.sqrt(np.log(16 * rounds**2 / 0.05) / rounds)
    for arm, mean in enumerate(PAYS):
        if arm != 1:
            last = rounds[(0.9 - mean) >= widths][0]
            assert arms.count(arm) == last
    assert set(arms[-100:]) == {1}


def test_median_elimination_has_the_papers_phases() -> None:
    """Four arms: 4/ε₁² ln(3/δ₁) pulls of each, two left; then with ¾ε₁, δ₁/2; then one."""
    epsilon, delta = 0.8 / 4, 0.2 / 2
    first = np.ceil(4 / epsilon**2 * np.log(3 / delta))
    second = np.ceil(4 / (0.75 * epsilon) ** 2 * np.log(3 / (delta / 2)))
    arms = pulled(MedianElimination(epsilon=0.8, delta=0.2), int(4 * first + 2 * second + 50))
    assert arms.count(0) == arms.count(3) == first
    assert arms.count(2) == first + second
    assert set(arms[-50:]) == {1}


@pytest.mark.parametrize("policy", [ExploreThenCommit(), SuccessiveElimination(), MedianElimination()])
def test_a_single_arm_is_pulled_for_ever(policy: Any) -> None:
    bed, rng = Bernoulli(means="0.4"), np.array([2], np.uint64)
    state = policy.initial(bed, 50)
    select, update = policy.functions(bed)
    for t in range(1, 50):
        assert select(state, t, rng) == 0
        update(state, 0, 1.0, rng)
    assert state[elimination.LEFT, 0] == 1.0
