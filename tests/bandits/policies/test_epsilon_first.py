"""ε-first: random, then never; and its bound."""

import math

import numpy as np
import pytest

from bandits.policies.base import action_value
from bandits.policies.epsilon_first import EpsilonFirst
from bandits.policy import Policy
from bandits.testbeds.bernoulli import Bernoulli
from bandits.theory.bounds.of_policy import bounds_for

BED = Bernoulli(means="0.1/0.4/0.3/0.2")
DRAWS = 4000


def share_of_best(policy: Policy, t: int) -> float:
    """How often the arm of the largest value, 2, is taken in step t."""
    state = policy.initial(BED, 100)
    state[action_value.VALUES] = [0.1, 0.2, 0.7, 0.3]
    rng, select = np.array([5], np.uint64), policy.functions(BED)[0]
    return float(np.mean([select(state, t, rng) == 2 for _ in range(DRAWS)]))


def near(chance: float) -> object:
    """A share of `DRAWS` coins, within five standard errors; to the letter where nothing is left to chance."""
    return pytest.approx(chance, abs=5 * (chance * (1 - chance) / DRAWS) ** 0.5)


def test_first_at_random_then_never() -> None:
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
