"""Encodings against Gymnasium's own flattening, and row keys against equality of rows."""

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium.vector.utils import batch_space
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from explore.counting.keys import row_keys
from explore.encoding.observations import Encoder
from explore.errors import BadInput

leaf = st.one_of(
    st.builds(gym.spaces.Discrete, st.integers(1, 300), start=st.integers(-3, 3)),
    st.builds(gym.spaces.MultiDiscrete, st.lists(st.integers(1, 6), min_size=1, max_size=4)),
    st.builds(gym.spaces.MultiBinary, st.integers(1, 4)),
    st.builds(lambda shape: gym.spaces.Box(-2, 2, shape), hnp.array_shapes(max_dims=3, max_side=3)),
)
space = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(gym.spaces.Tuple),
        st.dictionaries(st.sampled_from("abc"), inner, min_size=1).map(gym.spaces.Dict),
    ),
    max_leaves=4,
)


@given(space, st.integers(0, 1000))
@settings(max_examples=80, deadline=None)
def test_features_are_gymnasiums_flattening(space, seed):
    encoder = Encoder(space)
    batched = batch_space(space, 3)
    batched.seed(seed)
    observation = batched.sample()
    rows = encoder.encode(observation)
    assert rows.shape == (3, encoder.width)
    features = encoder.features(torch.from_numpy(rows))
    assert features.shape == (3, encoder.size)
    expected = [gym.spaces.flatten(space, one) for one in gym.vector.utils.iterate(batched, observation)]
    np.testing.assert_allclose(features, np.stack(expected).astype(np.float32), rtol=1e-6)


def test_images_are_bytes_in_storage_and_shares_of_255_in_features():
    encoder = Encoder(gym.spaces.Box(0, 255, (2, 3, 1), dtype=np.uint8))
    assert (encoder.dtype, encoder.image_shape, encoder.width) == (np.uint8, (2, 3, 1), 6)
    rows = encoder.encode(np.full((1, 2, 3, 1), 51, dtype=np.uint8))
    np.testing.assert_allclose(encoder.features(torch.from_numpy(rows)), 0.2)


@pytest.mark.parametrize("kind", [np.int32, np.int64, np.int8, np.uint16])
def test_whole_numbers_are_kept_exactly(kind):
    """Float32 would take 2²⁴ and 2²⁴ + 1 for one, and a count would add up their visits."""
    limits = np.iinfo(kind)
    encoder = Encoder(gym.spaces.Box(limits.min, limits.max, (2,), kind))
    rows = encoder.encode(np.array([[limits.max, 1], [limits.max - 1, 1], [limits.min, 1]], dtype=kind))
    assert rows.dtype == np.int64
    assert len(row_keys(torch.from_numpy(rows)).unique()) == 3
    assert encoder.features(torch.from_numpy(rows)).dtype == torch.float32


def test_one_number_that_is_not_whole_makes_all_of_them_float32():
    space = gym.spaces.Tuple((gym.spaces.Box(0, 9, (1,), np.int64), gym.spaces.Box(0, 1, (1,), np.float64)))
    assert Encoder(space).dtype == np.float32
    assert Encoder(gym.spaces.Tuple((space[0], gym.spaces.Discrete(300)))).dtype == np.int64


def test_unsupported_spaces_are_refused():
    with pytest.raises(BadInput, match="not supported"):
        Encoder(gym.spaces.Text(5))
