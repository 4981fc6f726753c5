"""Rare against common after long learning: the walk is one, counts have the ratio worked by hand, faults are seen."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from bandits.trial.plugin_under_test import plugin_under_test
from bandits.trial.traits.long_learning import (
    BATCH,
    COMMON,
    ENVS,
    EPISODE,
    LEARNERS,
    RARE,
    SIDE,
    long_learning,
    observations,
    random_walk,
)
from explore.core.bonus import Bonus

STEPS = 12_000


def measured(plugin, names=(0, 1), steps=STEPS):
    return [each.values for each in long_learning(plugin_under_test(plugin), list(names), steps)]


def test_an_episode_is_a_connected_walk_from_the_origin():
    walk = random_walk([3], 2 * EPISODE + 5)
    state, successor = (part.reshape(-1, ENVS).numpy() for part in (walk.state, walk.successor))
    ended = walk.ended.reshape(-1, ENVS).numpy()[:, 0]
    origin = EPISODE * SIDE + EPISODE
    assert np.flatnonzero(ended).tolist() == [EPISODE - 1, 2 * EPISODE - 1]
    assert (state[[0, EPISODE, 2 * EPISODE]] == origin).all()
    assert (state[1:] == successor[:-1])[~ended[:-1]].all()
    assert set(np.abs(successor - state).ravel().tolist()) == {1, SIDE}


def test_a_learner_has_the_same_walk_in_any_company():
    together, alone = random_walk([5, 2], 300), random_walk([2], 300)
    assert torch.equal(together.successor[1], alone.successor[0])


def test_neighbours_share_some_categories_and_few_states_share_all():
    codes = observations()
    origin = EPISODE * SIDE + EPISODE
    shared = (codes[origin] == codes[origin + 1]).mean()
    far = (codes[origin] == codes[0]).mean()
    assert far < shared < 1
    assert len(np.unique(codes, axis=0)) > 0.9 * SIDE * SIDE


class StateCount(Bonus):
    """1/√n of the state arrived at."""

    def __init__(self, *args, **settings):
        super().__init__(*args, **settings)
        self.register_buffer("counts", torch.zeros(self.learners, SIDE * SIDE))

    def update_statistics(self, transitions):
        self.counts.scatter_add_(1, transitions.next_state_key, torch.ones_like(transitions.reward))

    def novelty(self, transitions):
        return self.counts.gather(1, transitions.next_state_key).clamp(min=1).rsqrt()


@pytest.mark.parametrize("scale", ["none", "mean"])
def test_counts_have_the_ratio_of_their_visits(scale):
    """Against the counts of all arrivals: the mean of 1/√n over those at rare and at common states."""
    plugin = replace(plugin_under_test(StateCount), settings={"scale": scale})
    ratio, size = (each.values for each in long_learning(plugin, [0, 1], STEPS))
    for learner, arrivals in enumerate(random_walk([0, 1], STEPS // ENVS).successor.numpy()):
        n = np.bincount(arrivals)[arrivals]
        rare, common = ((1 / np.sqrt(n[which])).mean() for which in (n <= RARE, n > COMMON))
        assert ratio[learner] == pytest.approx(rare / common, rel=0.03)
        if scale == "none":
            assert size[learner] == pytest.approx(rare, rel=0.03)
        else:  # by the mean of what was met, rare arrivals pay several times what an average step does
            assert size[learner] > 2


class Flat(StateCount):
    """The same for every state."""

    def novelty(self, transitions):
        return torch.ones_like(transitions.reward)


class Shrinking(StateCount):
    """The right ratio, and a size that falls with every step: as errors of networks do, with nothing to divide by."""

    def novelty(self, transitions):
        return super().novelty(transitions) / (1 + self.steps.unsqueeze(1))


def test_the_faults_that_it_is_for_are_seen():
    ratio, size = measured(Flat)
    assert ratio == pytest.approx([1, 1])
    assert size == pytest.approx([1, 1], rel=1e-3)
    plugin = replace(plugin_under_test(Shrinking), settings={"scale": "none"})
    ratio, size = (each.values for each in long_learning(plugin, [0, 1], STEPS))
    assert (ratio > 3).all()
    assert (size < 1e-3).all()


def test_networks_learn_as_often_as_the_bonus_asks():
    """Drawn: a batch per vector step. New: `observe` has the optimiser steps, and `learn` is not called."""
    for learns_from, calls in (("drawn", 1), ("new", 0)):
        made = []

        class Counted(Flat):
            def __init__(self, *args, made=made, **settings):
                super().__init__(*args, **settings)
                self.network, self.batches = torch.nn.Linear(1, 1), []
                made.append(self)

            def learn(self, transitions):
                self.batches.append(tuple(transitions.reward.shape))
                return super().learn(transitions)

        plugin = replace(plugin_under_test(Counted), settings={"learns_from": learns_from})
        long_learning(plugin, [0, 1], 6400)
        assert made[0].batches == [(2, BATCH)] * (calls * 6400 // ENVS)
        assert made[0].steps.tolist() == [6400, 6400]


def test_a_learner_is_measured_alike_alone_and_in_company():
    together, alone = measured(StateCount, [0, 1]), measured(StateCount, [1])
    assert [each[1] for each in together] == pytest.approx([each[0] for each in alone], rel=1e-5)
    assert len(measured(StateCount, range(5))[0]) == LEARNERS
