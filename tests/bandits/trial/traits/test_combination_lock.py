"""The combination lock: chance opens what it must by theory, a bonus of constants no more, a counter all of it."""

import numpy as np
import pytest
import torch

from bandits.trial.plugin_under_test import plugin_under_test
from bandits.trial.traits.combination_lock import EPISODES, LONGEST, Lock, length, walk
from explore.core.bonus import Bonus, BonusSettings
from explore.numerics.streams import Streams


class EveryVisit(BonusSettings):
    """Pay every visit: first visits alone open a lock, whatever the novelty."""

    first_visit: bool = False


class Constant(Bonus):
    Settings = EveryVisit

    def novelty(self, transitions):
        return torch.full_like(transitions.reward, 0.7)


class Homesick(Bonus):
    """Novelty of the start alone, for ever."""

    Settings = EveryVisit

    def novelty(self, transitions):
        return (transitions.next_state_key == 0).float()


def opened(plugin, names):
    (result,) = length(plugin_under_test(plugin), list(names))
    return result.values, result.references["ε-greedy"]


def test_chance_opens_what_theory_says():
    """The longest of E runs of heads: P(longest ≥ k) = 1 − (1 − 2^−k)^E."""
    streams, names = Streams(0, "coins", range(600)), range(600)
    result = walk(Lock(names), lambda lock: streams.integers(2).numpy())
    k = np.arange(1, LONGEST + 1)
    expected = (1 - (1 - 0.5**k) ** EPISODES).sum()
    assert abs(result.mean() - expected) < 4 * result.std() / np.sqrt(len(result))


def test_a_bonus_of_constants_is_chance_to_the_last_pull():
    ours, theirs = opened(Constant, range(20))
    assert ours.tolist() == theirs.tolist()
    assert 4 < ours.mean() < 9


@pytest.mark.parametrize("plugin", ["count", "first-visit"])
def test_a_counter_opens_all_of_it(plugin):
    ours, theirs = opened(plugin, range(4))
    assert ours.tolist() == [LONGEST] * 4
    assert theirs.max() < LONGEST


def test_counts_of_arms_open_much_of_it():
    """They lead to the arms tried least, wrong ones among them, which costs episodes."""
    assert 20 < opened("mbie-eb:first_visit=false", range(4))[0].mean() < LONGEST


def test_a_bonus_that_pulls_back_opens_less_than_chance():
    ours, theirs = opened(Homesick, range(20))
    assert ours.mean() < theirs.mean() - 1


def test_strategies_choose_among_values_that_tell_nothing():
    ours, theirs = opened("epsilon-greedy:start=0.2,end=0.2", range(300))
    error = np.sqrt((ours.var() + theirs.var()) / 300)
    assert abs(ours.mean() - theirs.mean()) < 4 * error
    assert opened("ucb", range(100))[0].mean() > theirs.mean() + 0.5  # counts in every state take the arms in turn


@pytest.mark.parametrize("plugin", ["rnd:hidden=8,features=4", "epsilon-greedy"])
def test_permuted_learners_have_permuted_figures(plugin):
    assert opened(plugin, [0, 1, 2])[0][[2, 0, 1]].tolist() == opened(plugin, [2, 0, 1])[0].tolist()


def test_the_walk_goes_on_or_back():
    lock = Lock([5])
    right = lock.right[0]
    lock.go(right[:1])
    assert (lock.at[0], lock.deepest[0], lock.episodes[0]) == (1, 1, 0)
    now = lock.transitions(lock.at[:, None], 1 - right[1:2][:, None])
    assert (now.state_key.item(), now.next_state_key.item()) == (1, 0)
    assert now.truncated.item()
    assert not now.terminated.item()
    lock.go(1 - right[1:2])
    assert (lock.at[0], lock.deepest[0], lock.episodes[0]) == (0, 1, 1)
    for arm in right:
        lock.go(np.array([arm]))
    assert lock.done
    assert (lock.at[0], lock.deepest[0], lock.episodes[0]) == (0, LONGEST, 2)


def test_what_comes_after_the_budget_does_not_count():
    lock = Lock([0])
    for _ in range(EPISODES):
        lock.go(1 - lock.right[:, 0])
    assert lock.done
    lock.go(lock.right[:, 0])
    assert lock.deepest[0] == 0
