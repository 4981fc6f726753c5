"""Stacked networks: as separate networks, alone as in company."""

import gymnasium as gym
import numpy as np
import pytest
import torch

from explore.core.plugins import make_bonus
from explore.encoding.observations import Encoder
from explore.errors import BadInput
from explore.networks.stacked import StackedMLP

SPACE = gym.spaces.MultiDiscrete([4, 3, 5])


def network(learners, inputs=6):
    return StackedMLP(inputs, (8, 7), 2, seed=1, name="n", learners=learners, norm=True)


def test_each_learner_is_a_plain_network():
    stacked, inputs = network([0, 1, 2]), torch.randn(3, 5, 6, generator=torch.Generator().manual_seed(0))
    for learner in range(3):
        part = {name: value[learner].detach() for name, value in stacked.named_parameters()}
        x = inputs[learner]
        for place in (0, 3):
            x = x @ part[f"layers.{place}.weight"] + part[f"layers.{place}.bias"]
            x = (x - x.mean(-1, keepdim=True)) / (x.var(-1, unbiased=False, keepdim=True) + 1e-5).sqrt()
            x = (x * part[f"layers.{place + 1}.weight"] + part[f"layers.{place + 1}.bias"]).relu()
        x = x @ part["layers.6.weight"] + part["layers.6.bias"]
        torch.testing.assert_close(stacked(inputs)[learner], x, rtol=1e-4, atol=1e-5)


def test_weights_and_gradients_are_the_same_alone_and_in_company():
    company, alone = network([0, 7]), network([7])
    inputs = torch.randn(2, 5, 6, generator=torch.Generator().manual_seed(0))
    company(inputs).square().sum().backward()
    alone(inputs[1:]).square().sum().backward()
    for one, other in zip(company.parameters(), alone.parameters(), strict=True):
        assert torch.equal(one[1:], other)
        torch.testing.assert_close(one.grad[1:], other.grad, rtol=1e-4, atol=1e-6)
    assert not torch.equal(company(inputs[:1].expand(2, -1, -1))[0], company(inputs[:1].expand(2, -1, -1))[1])


def test_rows_give_the_outputs_of_their_one_hot_features():
    encoder = Encoder(SPACE)
    rows_in = StackedMLP(encoder, (8,), 2, seed=1, name="n", learners=[0, 1])
    features_in = StackedMLP(encoder.size, (8,), 2, seed=1, name="n", learners=[0, 1])
    rng = np.random.default_rng(0)
    rows = torch.from_numpy(rng.integers(0, [4, 3, 5], (2, 6, 3)).astype(np.uint8))
    outputs = [rows_in(rows), features_in(encoder.features(rows))]
    torch.testing.assert_close(*outputs)
    for output in outputs:
        output.square().sum().backward()
    torch.testing.assert_close(rows_in.layers[0].weight.grad, features_in.layers[0].weight.grad)


def test_initial_weights_are_within_their_limit():
    weight = StackedMLP(100, (50,), 1, seed=0, name="n", learners=[0]).layers[0].weight
    assert weight.abs().max().item() <= 0.1
    assert weight.std().item() == pytest.approx(0.1 / np.sqrt(3), rel=0.05)


def test_more_features_than_a_network_reads_are_refused():
    """One-hot, a Discrete of 2⁴⁰ states took 512 TiB."""
    with pytest.raises(BadInput, match="has 1099511627776 features, of which networks read at most"):
        make_bonus("rnd", gym.spaces.Discrete(2**40), gym.spaces.Discrete(2))
