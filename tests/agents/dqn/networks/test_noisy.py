"""Noisy layers: the paper's formula by hand, the law of the noise, and none of it in the exploiting policy."""

import gymnasium as gym
import numpy as np
import torch

from agents.dqn.networks.noisy import Noisy, NoisyLinear
from explore.encoding.observations import Encoder
from explore.numerics.streams import Streams

ENCODER = Encoder(gym.spaces.MultiDiscrete([4, 3]))
ROWS = torch.tensor([[[0, 1], [3, 2], [2, 0]]], dtype=torch.uint8)


def layer(inputs: int = 6, outputs: int = 5, sigma: float = 0.5) -> NoisyLinear:
    return NoisyLinear(inputs, outputs, sigma=sigma, seed=2, name="n", learners=[0, 1])


def noisy(learners: list[int], sigma: float = 0.5) -> Noisy:
    return Noisy(ENCODER, 3, hidden=(16, 8), intrinsic=True, seed=1, learners=learners, envs=3, sigma=sigma)


def test_the_output_is_that_of_the_disturbed_weights() -> None:
    one, inputs = layer(), torch.rand(2, 4, 6, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        one.weight_sigma.uniform_(0, 1, generator=torch.Generator().manual_seed(1))
        one.bias_sigma.uniform_(0, 1, generator=torch.Generator().manual_seed(2))
    one.resample(Streams(3, "noise", [0, 1]))
    drawn = Streams(3, "noise", [0, 1]).normal(6 + 5).double().numpy()
    drawn = np.sign(drawn) * np.sqrt(np.abs(drawn))
    part = {name: value.detach().double().numpy() for name, value in one.named_parameters()}
    for learner in range(2):
        p, q = drawn[learner, :6], drawn[learner, 6:]
        weight = part["weight"][learner] + part["weight_sigma"][learner] * np.outer(p, q)
        bias = part["bias"][learner, 0] + part["bias_sigma"][learner, 0] * q
        expected = inputs[learner].double().numpy() @ weight + bias
        np.testing.assert_allclose(one(inputs)[learner].detach(), expected, rtol=1e-4, atol=1e-5)


def test_noise_starts_at_sigma_over_the_root_of_the_inputs() -> None:
    """E[f(p)²f(q)²] = E|p|·E|q| = 2/π, f(q)² alone √(2/π): what weights and biases vary by."""
    one, streams = layer(inputs=25, sigma=0.8), Streams(0, "noise", [0, 1])
    np.testing.assert_allclose(one.weight_sigma.detach(), 0.8 / 5)
    outputs = []
    for _ in range(4000):
        one.resample(streams)
        outputs.append(one(torch.eye(25)[:1].expand(2, 1, 25)).detach()[:, 0])
    variance = torch.stack(outputs).var(0).mean().item()
    # Weight and bias share f(q): σ²(f(p) + 1)²f(q)², where E(f(p) + 1)² = E|p| + 1.
    expected = (0.8 / 5) ** 2 * (np.sqrt(2 / np.pi) + 1) * np.sqrt(2 / np.pi)
    np.testing.assert_allclose(variance, expected, rtol=0.1)


def test_the_mean_layer_has_no_noise_and_each_draw_is_another() -> None:
    network, streams = noisy([0]), Streams(0, "noise", [0])
    quiet = network(ROWS)
    network.resample(streams)
    first = network(ROWS)
    network.resample(streams)
    assert not torch.equal(first, quiet)
    assert not torch.equal(first, network(ROWS))
    network.remove_noise()
    assert torch.equal(network(ROWS), quiet)


def test_the_size_of_the_noise_is_learned() -> None:
    network = noisy([0])
    network.resample(Streams(0, "noise", [0]))
    network(ROWS).square().sum().backward()
    for part in network.noisy:
        assert part.weight_sigma.grad is not None
        assert part.weight_sigma.grad.abs().sum() > 0


def test_a_learners_noise_is_its_own_alone_and_in_company() -> None:
    company, alone = noisy([0, 5]), noisy([5])
    company.resample(Streams(0, "noise", [0, 5]))
    alone.resample(Streams(0, "noise", [5]))
    torch.testing.assert_close(company(ROWS.expand(2, -1, -1))[1:], alone(ROWS))
    assert not torch.equal(company.noisy[0].noise[0][0], company.noisy[0].noise[0][1])
