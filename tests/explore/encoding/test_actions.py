"""Actions for networks: features and losses by hand."""

import gymnasium as gym
import numpy as np
import pytest
import torch

from explore.encoding.actions import ActionEncoder
from explore.errors import BadInput


def test_categories_are_one_hot_and_lose_by_cross_entropy():
    code = ActionEncoder(gym.spaces.Discrete(3, start=5))
    action = torch.tensor([[5, 7]])
    assert code.features(action).tolist() == [[[1, 0, 0], [0, 0, 1]]]
    logits = torch.tensor([[[2.0, 0, 0], [0, 1, 0]]])
    expected = [np.log(np.e**2 + 2) - 2, np.log(np.e + 2)]
    np.testing.assert_allclose(code.loss(logits, action), [expected], rtol=1e-5)


def test_several_categories_stand_side_by_side_and_their_losses_add_up():
    code = ActionEncoder(gym.spaces.MultiDiscrete([2, 3]))
    action = torch.tensor([[[1.0, 2.0]]])  # as a wrapper hands them over
    assert code.features(action).tolist() == [[[0, 1, 0, 0, 1]]]
    logits = torch.tensor([[[0.0, 3, 0, 0, 1]]])
    np.testing.assert_allclose(code.loss(logits, action), [[np.log(1 + np.e**-3) + np.log(np.e + 2) - 1]], rtol=1e-5)


@pytest.mark.parametrize("space", [gym.spaces.Box(-1, 1, (2,)), gym.spaces.MultiBinary(2)])
def test_vectors_are_raw_and_lose_by_their_squared_error(space):
    code = ActionEncoder(space)
    action = torch.tensor([[[1.0, 0.0]]])
    assert code.size == 2
    assert code.features(action).tolist() == [[[1, 0]]]
    assert code.loss(torch.tensor([[[0.0, 3.0]]]), action).tolist() == [[5.0]]


def test_a_single_number_is_a_vector_of_one():
    code = ActionEncoder(gym.spaces.Box(-1, 1, ()))
    action = torch.tensor([[0.5, -0.25]])
    assert code.features(action).tolist() == [[[0.5], [-0.25]]]
    assert code.loss(torch.tensor([[[0.0], [0.75]]]), action).tolist() == [[0.25, 1.0]]


def test_other_actions_are_refused():
    with pytest.raises(BadInput, match="Discrete"):
        ActionEncoder(gym.spaces.Text(3))


BOX = gym.spaces.Box(-1, 1, (1,))


@pytest.mark.parametrize(
    ("space", "action", "message"),
    [
        (gym.spaces.Discrete(3), [0, 3], r"action 3 is outside the space Discrete\(3\)"),
        (gym.spaces.Discrete(3), [[0], [1]], r"got actions of shape \(2, 1\), where .* has shape \(2,\)"),
        (gym.spaces.Discrete(3), [0], r"got actions of shape \(1,\)"),
        (gym.spaces.Discrete(3), [0.0, 1.0], r"got an action of float64, where .* has whole numbers"),
        (gym.spaces.Discrete(3), [0, None], r"got an action of type list"),
        (gym.spaces.Discrete(3), [[0], [1, 2]], "the actions differ in shape"),
        (BOX, [0.5, 0.5], r"got actions of shape \(2,\), where .* has shape \(2, 1\)"),
        (BOX, [[np.nan], [0]], "an action has nan: actions must be finite"),
        (gym.spaces.MultiDiscrete([2, 3]), [[1, 2], [1, 3]], "action 3 is outside"),
        (gym.spaces.MultiBinary(2), [[1, 2], [0, 0]], "action 2 is outside"),
        (gym.spaces.Box(-3, 3, (1,), np.int64), [[-4], [0]], "action -4 is outside"),
    ],
)
def test_an_action_that_does_not_fit_is_refused(space, action, message):
    with pytest.raises(BadInput, match=message):
        ActionEncoder(space).encode(action, 2)


@pytest.mark.parametrize(
    ("space", "action", "dtype"),
    [
        (BOX, [[7.0], [0]], np.float32),  # outside: many environments clip
        (gym.spaces.Box(-1, 1, (1,), np.float64), [[0.1], [0]], np.float64),
        (gym.spaces.MultiDiscrete([2, 3], start=[1, 0]), [[2, 2], [1, 0]], np.int64),
        (gym.spaces.MultiBinary(2), [[True, False], [1, 1]], np.int64),
        (gym.spaces.Discrete(3, start=-1), np.array([1, -1], np.int8), np.int64),
        (gym.spaces.Box(0, 2**63 - 1, (1,), np.int64), [[2**53 + 1], [0]], np.int64),
    ],
)
def test_an_action_that_fits_is_kept_exactly(space, action, dtype):
    encoder = ActionEncoder(space)
    encoded = encoder.encode(action, 2)
    assert encoded.dtype == dtype
    np.testing.assert_array_equal(encoded, np.asarray(action, dtype=dtype))
    assert encoder.features(torch.from_numpy(encoded)[None]).shape == (1, 2, encoder.size)


@pytest.mark.parametrize("wrong", [-1, 3])
def test_a_category_that_the_space_does_not_have_is_refused_by_features_and_loss(wrong):
    encoder = ActionEncoder(gym.spaces.Discrete(3))
    with pytest.raises(BadInput, match="outside the space Discrete"):
        encoder.features(torch.tensor([[0, wrong]]))
    with pytest.raises(BadInput, match="outside the space Discrete"):
        encoder.loss(torch.zeros(1, 2, 3), torch.tensor([[0, wrong]]))
