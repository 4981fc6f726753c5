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


def test_the_type_of_the_rows_holds_every_number_exactly():
    """Float32 rounds whole numbers above 2²⁴, and what a float64 space has."""
    small, wide = gym.spaces.Box(0, 9, (1,), np.int64), gym.spaces.Box(0, 2**40, (1,), np.int64)
    single, double = gym.spaces.Box(0, 1, (1,), np.float32), gym.spaces.Box(0, 1, (1,), np.float64)
    for leaves, dtype in [
        ((small, single), np.float32),
        ((wide, single), np.float64),
        ((gym.spaces.Discrete(2**24 + 2), single), np.float64),
        ((small, double), np.float64),
        ((small, gym.spaces.Discrete(300)), np.int64),
        ((gym.spaces.Discrete(256), gym.spaces.MultiBinary(3)), np.uint8),
    ]:
        assert Encoder(gym.spaces.Tuple(leaves)).dtype == dtype


LIMIT64 = np.iinfo(np.int64)


@pytest.mark.parametrize(
    "ids", [(2**24, 2**24 + 1), (2**53, 2**53 + 1), (LIMIT64.max - 1, LIMIT64.max), (-1, LIMIT64.min)]
)
def test_two_ids_beside_a_float_are_two_states(ids):
    """Cast to float32 they were one, and a count added up their visits."""
    whole = gym.spaces.Box(LIMIT64.min, LIMIT64.max, (1,), np.int64)
    encoder = Encoder(gym.spaces.Dict(id=whole, x=gym.spaces.Box(-1, 1, (2,))))
    rows = encoder.encode({"id": np.array(ids).reshape(2, 1), "x": np.zeros((2, 2), np.float32)})
    keys = row_keys(torch.from_numpy(rows))
    assert keys[0] != keys[1]
    features = encoder.features(torch.from_numpy(rows))
    np.testing.assert_array_equal(features[:, 0].numpy(), np.array(ids, dtype=np.float32))
    assert encoder.size == 3


def test_unsigned_numbers_beyond_int64_are_kept():
    encoder = Encoder(gym.spaces.Box(0, 2**64 - 1, (2,), np.uint64))
    rows = encoder.encode(np.array([[2**64 - 1, 0], [2**64 - 2, 0], [2**63, 7], [0, 7]], dtype=np.uint64))
    assert len(row_keys(torch.from_numpy(rows)).unique()) == 4
    assert (rows >= encoder.bounds[0]).all()
    assert (rows <= encoder.bounds[1]).all()
    np.testing.assert_allclose(encoder.features(torch.from_numpy(rows))[:, 0], [2.0**64, 2.0**64, 2.0**63, 0])


def test_double_precision_is_kept():
    encoder = Encoder(gym.spaces.Box(0, 1, (1,), np.float64))
    keys = row_keys(torch.from_numpy(encoder.encode(np.array([[0.5], [0.5 + 1e-12]]))))
    assert keys[0] != keys[1]


def test_observations_that_are_not_finite_can_be_left_out():
    encoder = Encoder(gym.spaces.Dict(a=gym.spaces.Box(-np.inf, np.inf, (2,)), b=gym.spaces.Discrete(4)))
    a = np.array([[1, 2], [np.nan, 0], [3, 4], [5, -np.inf]], dtype=np.float32)
    rows, finite = encoder.encode_finite({"a": a, "b": np.array([0, 1, 2, 3])})
    assert finite.tolist() == [True, False, True, False]
    assert rows.tolist() == [[1, 2, 0], [0, 0, 0], [3, 4, 2], [0, 0, 0]]
    rows, finite = encoder.encode_finite({"a": np.zeros((1, 2)), "b": np.array([1])})
    assert finite is None
    with pytest.raises(BadInput, match=r"observation\['b'\]: got 4"):
        encoder.encode_finite({"a": a[:1], "b": np.array([4])})


@pytest.mark.parametrize("rows", [[[0, 3]], [[-1, 0]], [[5, 0]], [[255, 0]]])
@pytest.mark.parametrize("also", [(), (gym.spaces.Box(0, 1, (1,)),)])
def test_a_category_outside_the_space_sets_no_other_columns_feature(rows, also):
    encoder = Encoder(gym.spaces.Tuple((gym.spaces.MultiDiscrete([5, 3]), *also)))
    codes = torch.tensor([[*rows[0], *[0] * len(also)]])
    for way in (encoder.one_hot_indices, encoder.features):
        with pytest.raises(BadInput, match="category that its space does not"):
            way(codes)


def test_rows_of_another_width_are_refused():
    for space in (gym.spaces.Box(0, 1, (2,)), gym.spaces.MultiDiscrete([5, 3])):
        for width in (1, 3):
            with pytest.raises(BadInput, match=f"rows of {width} columns"):
                Encoder(space).features(torch.zeros(4, width))


def test_a_trusted_encoder_checks_shapes_alone():
    encoder = Encoder(gym.spaces.Box(-1, 1, (2,)), trusted=True)
    assert encoder.encode(np.array([[5.0, np.nan]]))[0, 0] == 5
    with pytest.raises(BadInput, match="shape"):
        encoder.encode(np.zeros((1, 3)))


@pytest.mark.parametrize("space", [gym.spaces.Box(-1, 1, (0,)), gym.spaces.Dict({}), gym.spaces.Tuple([])])
def test_a_space_without_any_number_is_refused(space):
    with pytest.raises(BadInput, match="has no components"):
        Encoder(space)


def test_what_is_no_space_is_refused():
    with pytest.raises(BadInput, match="observation: None is not a Gymnasium space"):
        Encoder(None)


def test_unsupported_spaces_are_refused():
    with pytest.raises(BadInput, match="not supported"):
        Encoder(gym.spaces.Text(5))
