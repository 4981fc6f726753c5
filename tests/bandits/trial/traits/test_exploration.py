"""Shares of exploring steps: none for greedy choice, by theory for ε-greedy with its schedule."""

import numpy as np
import pytest

from bandits.trial.plugin_under_test import plugin_under_test
from bandits.trial.traits.exploration import ACTIONS, TENTH, exploring


def shares(spec, names=range(40)):
    return [result.values for result in exploring(plugin_under_test(spec, "strategy"), list(names))]


def test_greedy_never_explores():
    assert [each.tolist() for each in shares("greedy", [0, 1])] == [[0.0, 0.0]] * 2


def test_epsilon_greedy_explores_by_its_schedule():
    early, late = shares("epsilon-greedy:start=1,end=0.25,decay=0.2")
    # ε falls from 1 by 0.75 within a fifth of the run: over the first tenth it is 0.8125 on average.
    for result, epsilon in ((early, 0.8125), (late, 0.25)):
        chance = epsilon * (1 - 1 / ACTIONS)
        assert abs(result.mean() - chance) < 4 * np.sqrt(chance * (1 - chance) / TENTH / 40) + 0.01


@pytest.mark.parametrize("spec", ["epsilon-greedy", "ucb", "boltzmann"])
def test_permuted_learners_have_permuted_figures(spec):
    for ours, theirs in zip(shares(spec, [0, 1, 2]), shares(spec, [2, 0, 1]), strict=True):
        assert ours[[2, 0, 1]].tolist() == theirs.tolist()
