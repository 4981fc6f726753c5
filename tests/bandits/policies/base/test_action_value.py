"""The averages and constant steps of the policies that estimate action values, worked by hand."""

import numpy as np
import pytest

from bandits.policies.base import action_value
from bandits.policies.boltzmann import Boltzmann
from bandits.policies.epsilon_decreasing import EpsilonDecreasing
from bandits.policies.epsilon_first import EpsilonFirst
from bandits.policies.epsilon_greedy import EpsilonGreedy
from bandits.policies.optimistic import Optimistic
from bandits.policies.q_learning import QLearning
from bandits.policy import Policy
from bandits.testbeds.bernoulli import Bernoulli

BED = Bernoulli(means="0.1/0.4/0.3/0.2")


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
        (Optimistic(scale=2.0), 10 * 0.9**3 + 0.1 * 3 + 0.1 * 0.9**2 * 2),
        (Boltzmann(), 5 / 3),
        (Boltzmann(alpha=0.5), 1.75),
    ],
)
def test_sample_averages_and_constant_steps(policy: Policy, value: float) -> None:
    """Rewards 2, 0, 3 of arm 1: their average, or Σ α(1−α)^{n−i} R_i + (1−α)ⁿ Q₁ (Sutton & Barto 2018, (2.6))."""
    state = policy.initial(BED, 100)
    begun = state[action_value.VALUES].copy()
    for reward in (2.0, 0.0, 3.0):
        policy.functions(BED)[1](state, 1, reward, np.array([5], np.uint64))
    assert state[action_value.VALUES, 1] == pytest.approx(value)
    assert state[action_value.PULLS].tolist() == [0, 3, 0, 0]
    assert np.delete(state[action_value.VALUES], 1).tolist() == np.delete(begun, 1).tolist()
