"""Traits of novelty against theory: counts decay with 0.5 and never forget, constants do not decay and tell nothing."""

import numpy as np
import pytest
import torch

from bandits.trial.plugin_under_test import plugin_under_test
from bandits.trial.traits.novelty import FITTED, LAPS, PULLS, area, episode, exponent, over_visits, returned
from explore.bonuses.base.visits import OFFSET
from explore.bonuses.count import Count
from explore.core.bonus import Bonus


class Constant(Bonus):
    """The same everywhere and for ever."""

    def novelty(self, transitions):
        return torch.ones_like(transitions.reward)


class Harmonic(Count):
    """1/n, the rate of a Bayesian mean."""

    def novelty(self, transitions):
        return super().novelty(transitions) ** 2


class Recent(Bonus):
    """One for what is not among the last few arrivals: forgets whatever is older."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.register_buffer("last", torch.zeros(self.learners, 8, dtype=torch.int64))

    def novelty(self, transitions):
        known = transitions.next_state_key.unsqueeze(-1) == self.last.unsqueeze(1)
        return 1.0 - known.any(-1).float()

    def update_statistics(self, transitions):
        self.last = torch.cat([self.last[:, 1:], transitions.next_state_key], 1)


def figures(plugin, names=(0, 1)):
    return [result.values for result in over_visits(plugin_under_test(plugin), list(names))]


def test_counts_decay_with_one_half_never_forget_and_know_the_unseen():
    decay, back, unseen = figures(Count)
    n = np.array(FITTED)
    by_hand = -np.polyfit(np.log(n), np.log((n + OFFSET) ** -0.5), 1)[0]
    assert decay == pytest.approx([by_hand] * 2, abs=1e-6)
    assert decay == pytest.approx([0.5] * 2, abs=1e-3)
    assert back.tolist() == [0.0, 0.0]
    assert unseen.tolist() == [1.0, 1.0]


def test_another_power_is_found_as_well():
    assert figures(Harmonic)[0] == pytest.approx([1.0] * 2, abs=2e-3)


def test_a_constant_neither_decays_nor_comes_back_and_tells_nothing():
    assert [each.tolist() for each in figures(Constant)] == [[0.0] * 2, [0.0] * 2, [0.5] * 2]


def test_what_forgets_is_seen_to():
    back = figures(Recent)[1]
    first, last = 0.0, 0.0  # right after a pull nothing of it is new
    assert back.tolist() == [first - last] * 2
    assert returned(np.array([[1.0]]), np.array([[0.2]]), np.array([[0.7]])) == pytest.approx([0.5])
    assert returned(np.array([[0.0]]), np.array([[0.0]]), np.array([[0.0]])).tolist() == [0.0]


def test_rnd_decays_and_forgets_a_little():
    decay, back, unseen = figures("rnd:hidden=32,features=16,learning_rate=0.001", names=range(4))
    assert decay.mean() > 0.1
    assert back.mean() > 0.01
    assert unseen.mean() > 0.8


def test_exponents_and_areas_by_hand():
    n = np.arange(1, PULLS + 1)
    curve = np.stack([3.0 * n**-0.7, 2.0 * n**0.2]).reshape(2, 1, -1)
    assert exponent(curve) == pytest.approx([0.7, -0.2])
    assert exponent(np.zeros((1, 2, PULLS))) == pytest.approx([0.0])
    higher, lower = np.array([[2.0, 0.0, 1.0]]), np.array([[1.0, 0.5]])
    assert area(higher, lower) == pytest.approx([(2 + 0 + (0.5 + 1)) / 6])


@pytest.mark.parametrize(
    ("plugin", "left"),
    [
        ("first-visit", 0.0),
        ("count:first_visit=false", ((1 + OFFSET) / (LAPS + OFFSET)) ** 0.5),
        ("episodic-count", LAPS**-0.5),
        (Constant, 1.0),
    ],
)
def test_what_is_left_within_an_episode(plugin, left):
    (result,) = episode(plugin_under_test(plugin), [0, 1])
    assert result.values == pytest.approx([left] * 2, rel=2e-2)


@pytest.mark.parametrize("plugin", ["count", "rnd:hidden=8,features=4"])
def test_permuted_learners_have_permuted_figures(plugin):
    order = [2, 0, 1]
    for ours, theirs in zip(figures(plugin, [0, 1, 2]), figures(plugin, order), strict=True):
        np.testing.assert_allclose(ours[order], theirs, rtol=1e-3, atol=1e-4)
