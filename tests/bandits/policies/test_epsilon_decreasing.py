"""εₙ-greedy: the schedule of ε, and its bound."""

import numpy as np
import pytest

from bandits.policies.base import action_value
from bandits.policies.epsilon_decreasing import EpsilonDecreasing
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


@pytest.mark.parametrize(("t", "epsilon"), [(1, 1.0), (80, 1.0), (160, 0.5), (800, 0.1)])
def test_decreasing_epsilon(t: int, epsilon: float) -> None:
    """ε_t = min(1, cK/(d²t)): with c = 5, d = ½ and four arms 80/t."""
    assert share_of_best(EpsilonDecreasing(c=5, d=0.5), t) == near(1 - epsilon * 3 / 4)


def test_its_bound_is_trivial_while_few_arms_were_explored() -> None:
    """Later it is the cost of exploring and of the errors after x random pulls."""
    two = [0.9, 0.8]
    spec = "epsilon-decreasing:c=6,d=0.1"
    assert bounds_for(spec, two, 1200)[0].value == pytest.approx(120)
    assert bounds_for(spec, two, 10**6)[0].value < 0.2 * 0.05 * 10**6
    assert bounds_for(f"{spec},alpha=0.1", two, 1200) == []
