"""The schedules of ε step by step, the averages worked by hand, and that an optimistic start tries every arm."""

import numpy as np
import pytest
from bandits.policies.value_based import EpsilonDecreasing, EpsilonFirst, EpsilonGreedy, Optimistic, QLearning

from bandits.policies import value_based
from bandits.policy import Policy
from bandits.testbeds.bernoulli import Bernoulli

BED = Bernoulli(means="0.1/0.4/0.3/0.2")
ARMS, DRAWS = 4, 4000


def share_of_best(policy: Policy, t: int) -> float:
    """How often the arm of the largest value, 2, is taken in step t."""
    state = policy.initial(BED, 100)
    state[value_based.VALUES] = [0.1, 0.2, 0.7, 0.3]
    rng, select = np.array([5], np.uint64), policy.functions(BED)[0]
    return float(np.mean([select(state, t, rng) == 2 for _ in range(DRAWS)]))


def near(chance: float) -> object:
    """A share of `DRAWS` coins, within five standard errors; to the letter where nothing is left to chance."""
    return pytest.approx(chance, abs=5 * (chance * (1 - chance) / DRAWS) ** 0.5)


@pytest.mark.parametrize("epsilon", [0.0, 0.3, 1.0])
def test_constant_epsilon(epsilon: float) -> None:
    """1 − ε + ε/K at any step."""
    for t in (1, 1000):
        assert share_of_best(EpsilonGreedy(epsilon=epsilon), t) == near(1 - epsilon * 3 / 4)


@pytest.mark.parametrize(("t", "epsilon"), [(1, 1.0), (80, 1.0), (160, 0.5), (800, 0.1)])
def test_decreasing_epsilon(t: int, epsilon: float) -> None:
    """ε_t = min(1, cK/(d²t)): with c = 5, d = ½ and four arms 80/t."""
    assert share_of_best(EpsilonDecreasing(c=5, d=0.5), t) == near(1 - epsilon * 3 / 4)


def test_first_at_random_then_never() -> None:
    policy = EpsilonFirst(pulls=30)
    assert [share_of_best(policy, t) for t in (1, 30)] == [near(1 / 4)] * 2
    assert [share_of_best(policy, t) for t in (31, 1000)] == [1.0, 1.0]
    assert share_of_best(EpsilonFirst(pulls=0), 1) == 1.0


@pytest.mark.parametrize(
    ("policy", "value"),
    [
        (EpsilonGreedy(), 5 / 3),  # (2 + 0 + 3)/3, whatever it began with
        (EpsilonGreedy(initial=9), 5 / 3),
        (EpsilonGreedy(alpha=0.5, initial=4), 2.25),  # 4, 3, 1.5, 2.25: the start weighs in
        (EpsilonDecreasing(), 5 / 3),
        (EpsilonFirst(alpha=0.5), 1.75),  # 0, 1, 0.5, 1.75
        (QLearning(), 0.1 * 3 + 0.1 * 0.9**2 * 2),
        (Optimistic(), 5 * 0.9**3 + 0.1 * 3 + 0.1 * 0.9**2 * 2),
    ],
)
def test_sample_averages_and_constant_steps(policy: Policy, value: float) -> None:
    """Rewards 2, 0, 3 of arm 1: their average, or Σ α(1−α)^{n−i} R_i + (1−α)ⁿ Q₁ (Sutton & Barto 2018, (2.6))."""
    state = policy.initial(BED, 100)
    begun = state[value_based.VALUES].copy()
    for reward in (2.0, 0.0, 3.0):
        policy.functions(BED)[1](state, 1, reward, np.array([5], np.uint64))
    assert state[value_based.VALUES, 1] == pytest.approx(value)
    assert state[value_based.PULLS].tolist() == [0, 3, 0, 0]
    assert np.delete(state[value_based.VALUES], 1).tolist() == np.delete(begun, 1).tolist()


def test_ties_are_broken_at_random() -> None:
    state, rng = EpsilonGreedy(epsilon=0).initial(BED, 100), np.array([5], np.uint64)
    state[value_based.VALUES] = [0.5, 0.2, 0.5, 0.5]
    counted = np.bincount([value_based.select(state, 9, rng) for _ in range(DRAWS)], minlength=ARMS)
    assert counted[1] == 0
    assert (counted / DRAWS).tolist() == [near(1 / 3), 0, near(1 / 3), near(1 / 3)]


def test_an_optimistic_start_makes_the_rounds() -> None:
    """Every reward disappoints a value of 5, so that greedy play goes from arm to arm, and on in rounds of all four."""
    policy, rng = Optimistic(initial=5, alpha=0.1), np.array([5], np.uint64)
    state = policy.initial(BED, 100)
    chosen = []
    for t in range(1, 13):
        chosen.append(value_based.select(state, t, rng))
        value_based.update(state, chosen[-1], 0.0, rng)
    assert [sorted(chosen[first : first + ARMS]) for first in (0, 4, 8)] == [[0, 1, 2, 3]] * 3
    assert state[value_based.VALUES] == pytest.approx(5 * 0.9**3)
