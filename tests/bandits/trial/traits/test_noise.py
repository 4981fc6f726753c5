"""The noisy arm: whoever counts what it sees stays with it, whoever looks at arms alone does not."""

import numpy as np
import pytest
import torch

from bandits.trial.plugin_under_test import plugin_under_test
from bandits.trial.traits.noise import ARMS, NOISY, PULLS, noise
from explore.core.bonus import Bonus


class Constant(Bonus):
    def novelty(self, transitions):
        return torch.ones_like(transitions.reward)


class Averse(Bonus):
    """Never where the noise is."""

    def novelty(self, transitions):
        return (transitions.action != NOISY).float()


def share(plugin, names=(0, 1)):
    (result,) = noise(plugin_under_test(plugin), list(names))
    return result.values


def test_a_counter_is_lost_to_noise():
    """Each of the others is new once, and never again; the noise is new at every pull."""
    assert share("count").tolist() == [(PULLS - (ARMS - 1)) / PULLS] * 2


def test_counts_of_state_and_action_take_the_arms_in_turn():
    assert share("mbie-eb") == pytest.approx([1 / ARMS] * 2)


def test_an_even_bonus_gives_chance_and_an_averse_one_nothing():
    result = share(Constant, range(40))
    assert abs(result.mean() - 1 / ARMS) < 4 * np.sqrt(1 / ARMS * (1 - 1 / ARMS) / PULLS / 40)
    assert share(Averse).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("plugin", [Constant, "count"])
def test_permuted_learners_have_permuted_figures(plugin):
    assert share(plugin, [0, 1, 2])[[2, 0, 1]].tolist() == share(plugin, [2, 0, 1]).tolist()
