"""Actions for networks: features and losses by hand."""

import gymnasium as gym
import numpy as np
import pytest
import torch

from explore.encoding.actions import ActionCode
from explore.errors import BadInput


def test_categories_are_one_hot_and_lose_by_cross_entropy():
    code = ActionCode(gym.spaces.Discrete(3, start=5))
    action = torch.tensor([[5, 7]])
    assert code.features(action).tolist() == [[[1, 0, 0], [0, 0, 1]]]
    logits = torch.tensor([[[2.0, 0, 0], [0, 1, 0]]])
    expected = [np.log(np.e**2 + 2) - 2, np.log(np.e + 2)]
    np.testing.assert_allclose(code.loss(logits, action), [expected], rtol=1e-5)


def test_several_categories_stand_side_by_side_and_their_losses_add_up():
    code = ActionCode(gym.spaces.MultiDiscrete([2, 3]))
    action = torch.tensor([[[1.0, 2.0]]])  # as a wrapper hands them over
    assert code.features(action).tolist() == [[[0, 1, 0, 0, 1]]]
    logits = torch.tensor([[[0.0, 3, 0, 0, 1]]])
    np.testing.assert_allclose(code.loss(logits, action), [[np.log(1 + np.e**-3) + np.log(np.e + 2) - 1]], rtol=1e-5)


@pytest.mark.parametrize("space", [gym.spaces.Box(-1, 1, (2,)), gym.spaces.MultiBinary(2)])
def test_vectors_are_raw_and_lose_by_their_squared_error(space):
    code = ActionCode(space)
    action = torch.tensor([[[1.0, 0.0]]])
    assert code.size == 2
    assert code.features(action).tolist() == [[[1, 0]]]
    assert code.loss(torch.tensor([[[0.0, 3.0]]]), action).tolist() == [[5.0]]


def test_a_single_number_is_a_vector_of_one():
    code = ActionCode(gym.spaces.Box(-1, 1, ()))
    action = torch.tensor([[0.5, -0.25]])
    assert code.features(action).tolist() == [[[0.5], [-0.25]]]
    assert code.loss(torch.tensor([[[0.0], [0.75]]]), action).tolist() == [[0.25, 1.0]]


def test_other_actions_are_refused():
    with pytest.raises(BadInput, match="Discrete"):
        ActionCode(gym.spaces.Text(3))
