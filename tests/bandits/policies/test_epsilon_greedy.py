"""ε-greedy: its choice step by step, its ties, and its bounds."""

from typing import Any

import numpy as np
import pytest

from bandits.policies import epsilon_greedy
from bandits.policies.epsilon_greedy import EpsilonGreedy
from bandits.simulator.simulation import simulate
from bandits.testbeds.bernoulli import Bernoulli
from bandits.theory.bounds.of_policy import bound_for, bounds_for

BED = Bernoulli(means="0.1/0.4/0.3/0.2")
DRAWS = 4000


@pytest.mark.parametrize("epsilon", [0.0, 0.3, 1.0])
def test_constant_epsilon(epsilon: float, share_of_best: Any, near: Any) -> None:
    """1 − ε + ε/K at any step."""
    for t in (1, 1000):
        assert share_of_best(EpsilonGreedy(epsilon=epsilon), t) == near(1 - epsilon * 3 / 4)


def test_ties_are_broken_at_random(near: Any) -> None:
    state, rng = EpsilonGreedy(epsilon=0).initial(BED, 100), np.array([5], np.uint64)
    state[epsilon_greedy.VALUES] = [0.5, 0.2, 0.5, 0.5]
    counted = np.bincount([epsilon_greedy.select(state, 9, rng) for _ in range(DRAWS)], minlength=4)
    assert counted[1] == 0
    assert (counted / DRAWS).tolist() == [near(1 / 3), 0, near(1 / 3), near(1 / 3)]


def test_constant_epsilon_is_bounded_from_below() -> None:
    """ε T times the mean gap of problem B."""
    problem_b = [0.1, *[0.05] * 3, *[0.02] * 3, *[0.01] * 3]
    bound = bound_for("epsilon-greedy:epsilon=0.1", problem_b, 1000)
    assert bound is not None
    assert bound.direction == "lower"
    assert bound.value == pytest.approx(0.1 * 1000 * (3 * 0.05 + 3 * 0.08 + 3 * 0.09) / 10)
    assert bound_for("epsilon-greedy:alpha=0.1,epsilon=0", [0.9, 0.8], 100) is None  # no sample averages


def test_uniform_play_has_an_exact_regret() -> None:
    """ε = 1 on two arms: half of the pulls lose 0.1."""
    (bound,) = bounds_for("epsilon-greedy:epsilon=1", [0.9, 0.8], 5000)
    assert (bound.value, bound.note) == (pytest.approx(250), "exact")
    result = simulate("two-arms", ["epsilon-greedy:epsilon=1"], runs=400, horizon=500, seed=1).policies[0]
    assert abs(result.regret - 25.0) < 4 * result.regret_se


def test_drawn_arms_leave_the_lower_bound() -> None:
    lower = bounds_for("epsilon-greedy", None, 1000, arms=10, family="gaussian", mean_gap=1.5)
    assert [bound.value for bound in lower] == [150]
