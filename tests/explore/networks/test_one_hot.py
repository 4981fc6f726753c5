"""The compiled first layer against the plain product with one-hot features."""

import gymnasium as gym
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explore.encoding.observations import Encoder
from explore.errors import BadInput
from explore.networks.one_hot import OneHotProduct, embedded, most_common_codes


def layer(encoder, learners, outputs, seed=0):
    random = torch.Generator().manual_seed(seed)
    weight = torch.randn(learners, encoder.size, outputs, generator=random)
    return weight.requires_grad_(), torch.randn(learners, 1, outputs, generator=random).requires_grad_()


def drawn(counts, learners, batch, seed, alike):
    """Codes of which a share `alike` is the same in the whole column."""
    random = np.random.default_rng(seed)
    codes = random.integers(0, counts, (learners, batch, len(counts)))
    usual = random.integers(0, counts, (learners, 1, len(counts)))
    return torch.from_numpy(np.where(random.random(codes.shape) < alike, usual, codes))


@given(
    st.lists(st.integers(1, 7), min_size=1, max_size=9),
    st.integers(1, 3),
    st.integers(1, 12),
    st.integers(1, 6),
    st.sampled_from([0.0, 0.6, 1.0]),
    st.sampled_from([torch.uint8, torch.int64, torch.float32]),
    st.integers(0, 99),
)
def test_it_and_its_gradients_are_those_of_the_one_hot_product(counts, learners, batch, outputs, alike, dtype, seed):
    encoder = Encoder(gym.spaces.MultiDiscrete(counts))
    rows = drawn(counts, learners, batch, seed, alike).to(dtype)
    weight, bias = layer(encoder, learners, outputs, seed)
    features = encoder.features(rows)
    loss_weights = torch.randn(learners, batch, outputs, generator=torch.Generator().manual_seed(seed))
    outputs_by_method = (
        embedded(encoder, rows, weight, bias),
        torch.baddbmm(bias, features, weight),
        OneHotProduct.apply(encoder.one_hot_indices(rows), weight) + bias,
    )
    results = [
        [output, *torch.autograd.grad((output * loss_weights).sum(), (weight, bias))] for output in outputs_by_method
    ]
    for plain in results[1:]:
        for ours, theirs in zip(results[0], plain, strict=True):
            torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)


def test_a_learner_is_the_same_to_the_last_bit_in_company():
    encoder = Encoder(gym.spaces.MultiDiscrete([5, 3, 4] * 10))
    rows = drawn([5, 3, 4] * 10, 4, 16, 0, 0.7).to(torch.uint8)
    weight, bias = layer(encoder, 4, 20)
    company = embedded(encoder, rows, weight, bias)
    (slope,) = torch.autograd.grad(company.square().sum(), weight)
    for name in range(4):
        only = slice(name, name + 1)
        alone = embedded(encoder, rows[only], weight[only], bias[only])
        assert torch.equal(alone, company[only])
        assert torch.equal(torch.autograd.grad(alone.square().sum(), weight)[0][only], slope[only])


def test_rows_cut_out_of_others_and_other_precisions():
    encoder = Encoder(gym.spaces.MultiDiscrete([5, 3]))
    rows = drawn([5, 3], 2, 12, 0, 0.5)
    weight, bias = layer(encoder, 2, 4)
    summed = embedded(encoder, rows[:, ::3], weight, bias)
    torch.testing.assert_close(summed, torch.baddbmm(bias, encoder.features(rows[:, ::3]), weight))
    double = embedded(encoder, rows[:, ::3], weight.double(), bias.double())
    torch.testing.assert_close(double, summed.double(), rtol=1e-5, atol=1e-5)


def test_the_vote_finds_the_majority():
    codes = torch.tensor([[[1, 4], [2, 4], [1, 0], [0, 4], [1, 3], [1, 4], [1, 4]]], dtype=torch.uint8).numpy()
    common = np.empty((1, 2), dtype=np.int64)
    assert most_common_codes(codes, np.array([0, 3, 8]), common)
    assert common.tolist() == [[1, 3 + 4]]


@pytest.mark.parametrize("wrong", [-1, 3, 200])
def test_a_category_outside_the_space_is_refused(wrong):
    """Compiled code would read past the weights."""
    encoder = Encoder(gym.spaces.MultiDiscrete([5, 3]))
    rows = torch.tensor([[[0, 0], [4, wrong]]])
    with pytest.raises(BadInput, match="category that its space does not"):
        embedded(encoder, rows, *layer(encoder, 1, 4))
