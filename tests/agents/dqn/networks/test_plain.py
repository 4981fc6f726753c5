"""The plain network: value functions side by side, and which of them the exploiting policy is greedy in."""

import gymnasium as gym
import torch

from agents.dqn.networks.plain import NETWORKS, Plain
from explore.encoding.observations import Encoder
from explore.numerics.streams import Streams

ROWS = torch.rand(2, 5, 4, generator=torch.Generator().manual_seed(0))


def plain(intrinsic: bool, **settings: int) -> Plain:
    encoder = Encoder(gym.spaces.Box(-1, 1, (4,)))
    return Plain(encoder, 3, hidden=(16,), intrinsic=intrinsic, seed=1, learners=[0, 1], envs=5, **settings)


def test_the_bonus_has_a_function_of_its_own_behind_the_extrinsic_one() -> None:
    for intrinsic in (False, True):
        network = plain(intrinsic)
        values = network(ROWS)
        assert values.shape == (2, 5, 1 + intrinsic, 3)
        assert torch.equal(values.flatten(2), network.body(ROWS))
        assert torch.equal(network.extrinsic_values(values), values[:, :, 0])
        assert torch.equal(network.behaviour(values), values[:, :, 0])


def test_values_start_near_zero_and_differ_between_learners() -> None:
    values = plain(True)(ROWS[:1].expand(2, -1, -1))
    assert values.abs().max() < 0.02
    assert not torch.equal(values[0], values[1])


def test_it_learns_from_everything_and_draws_nothing() -> None:
    network, streams = plain(True), Streams(0, "draws", [0, 1])
    network.resample(streams)
    network.remove_noise()
    assert network.learning(streams) is None
    assert torch.equal(streams.uniform(3), Streams(0, "draws", [0, 1]).uniform(3))


def test_all_networks_are_known_by_name() -> None:
    assert {"plain", "noisy", "bootstrapped"} <= set(NETWORKS.names())
