"""What all bonuses share: scale, decay, normalisation, clip, freezing, and the checks at the door."""

import gymnasium as gym
import numpy as np
import pytest
import torch

from explore.core.bonus import Bonus
from explore.errors import BadInput

SPACES = (gym.spaces.Discrete(9), gym.spaces.Discrete(2))


class Place(Bonus):
    """Pays the number of the state arrived at."""

    def novelty(self, transitions):
        return transitions.next_observation[..., 0].float()

    def train_step(self, transitions):
        return {"loss": torch.zeros(self.learners)}


def test_order_of_scale_clip_factor_and_beta(moves):
    bonus = Place(*SPACES, envs=2, beta=0.5, clip=3)
    paid = bonus.score(moves([[0, 0]], [[2, 8]]), torch.tensor([[0.5, 0.25]]))
    assert paid.tolist() == [[0.5 * 2 * 0.5, 0.5 * 3 * 0.25]]


def test_normalised_by_the_discounted_stream(moves):
    bonus = Place(*SPACES, envs=2, beta=1, normalise=True, discount=0.5)
    bonus.observe(moves([[0, 0]], [[1, 3]]))
    bonus.observe(moves([[1, 3]], [[2, 0]]))
    expected = np.std([1, 3, 2.5, 1.5])
    assert bonus.score(moves([[0]], [[4]])).item() == pytest.approx(4 / expected)


def test_idle_rows_are_no_steps_and_do_not_begin_their_episode(moves):
    bonus = Place(*SPACES, learners=1, envs=2)
    bonus.observe(moves([[0, 0]], [[1, 1]], ended=[[True, False]]))
    bonus.observe(moves([[0, 0]], [[1, 1]], valid=[[False, True]]))
    assert bonus.steps.tolist() == [3]
    assert bonus.episode_start.tolist() == [[True, False]]


def test_frozen_keeps_steps_and_scale_and_learns_nothing(moves):
    bonus = Place(*SPACES, normalise=True)
    assert "loss" in bonus.learn(moves([[0]], [[1]]))
    bonus.freeze()
    before = {name: value.clone() for name, value in bonus.named_buffers() if name != "episode_start"}
    bonus.observe(moves([[0]], [[5]]))
    assert all(torch.equal(dict(bonus.named_buffers())[name], value) for name, value in before.items())
    assert bonus.learn(moves([[0]], [[1]])) == {}
    bonus.freeze(False)
    bonus.observe(moves([[0]], [[5]]))
    assert bonus.steps.item() == 1


@pytest.mark.parametrize(
    ("wrong", "said"), [({"beta": -1}, "beta"), ({"bet": 1}, "'beta'"), ({"envs": 0}, "at least one")]
)
def test_wrong_settings_are_refused(wrong, said):
    with pytest.raises(BadInput, match=said):
        Place(*SPACES, **wrong)


def test_transitions_select_and_ends(moves):
    step = moves([[0, 1], [2, 3]], [[1, 2], [3, 4]], ended=[[True, False], [False, False]])
    assert step.ended.tolist() == [[True, False], [False, False]]
    swapped = step.select(torch.tensor([1, 0]))
    assert swapped.observation[..., 0].tolist() == [[2, 3], [0, 1]]
    assert swapped.valid is None
