"""Bootstrapped DQN: priors that stay, members that are followed for an episode, shares of the transitions."""

import dataclasses
from collections import Counter

import gymnasium as gym
import numpy as np
import pytest
import torch

from agents.dqn.dqn import DQN
from agents.dqn.networks.bootstrapped import Bootstrapped
from explore.core.transitions import Transitions
from explore.encoding.observations import Encoder
from explore.numerics.streams import Streams

ENVS = 4
ROWS = torch.rand(2, ENVS, 3, generator=torch.Generator().manual_seed(0))


def bootstrapped(intrinsic: bool = True, **settings: float) -> Bootstrapped:
    encoder = Encoder(gym.spaces.Box(-1, 1, (3,)))
    changed = {"members": 5, **settings}
    return Bootstrapped(encoder, 2, hidden=(16,), intrinsic=intrinsic, seed=1, learners=[0, 1], envs=ENVS, **changed)


def ended(which: list[list[bool]]) -> Transitions:
    no = torch.zeros(2, ENVS, dtype=torch.bool)
    return Transitions(ROWS, no.long(), no.float(), ROWS, torch.tensor(which), no)


@pytest.mark.parametrize("intrinsic", [False, True])
def test_values_are_what_is_learned_and_kappa_times_a_prior_that_never_moves(intrinsic: bool) -> None:
    network = bootstrapped(intrinsic, prior=3)
    learned = network.body(ROWS).view(2, ENVS, 5 + intrinsic, 2)
    prior = network.prior(ROWS).view(2, ENVS, 5, 2)
    values = network(ROWS)
    torch.testing.assert_close(values[:, :, :5], learned[:, :, :5] + 3 * prior)
    assert torch.equal(values[:, :, 5:], learned[:, :, 5:])  # the bonus has no prior
    values.square().sum().backward()
    assert all(part.grad is None for part in network.prior.parameters())
    assert all(part.grad is not None for part in network.body.parameters())
    assert prior.std(2).min() > 0.01  # the members differ before they have learned anything


def test_each_slot_acts_on_its_member_and_the_exploiting_policy_on_their_mean() -> None:
    network = bootstrapped()
    network.member.copy_(torch.tensor([[0, 3, 4, 3], [2, 2, 1, 0]]))
    values = network(ROWS)
    acts = network.behaviour(values)
    for learner in range(2):
        for env in range(ENVS):
            assert torch.equal(acts[learner, env], values[learner, env, network.member[learner, env]])
    torch.testing.assert_close(network.extrinsic_values(values), values[:, :, :5].mean(2))


def test_a_new_member_is_drawn_where_an_episode_ended_and_only_there() -> None:
    network, streams = bootstrapped(), Streams(0, "members", [0, 1])
    drawn: Counter[int] = Counter()
    for _ in range(500):
        before = network.member.clone()
        network.observe(ended([[True, False, False, False], [False, False, True, False]]), streams)
        stays = torch.tensor([[False, True, True, True], [True, True, False, True]])
        assert torch.equal(network.member[stays], before[stays])
        drawn.update(network.member[~stays].tolist())
    assert sorted(drawn) == [0, 1, 2, 3, 4]
    assert max(abs(count - 200) for count in drawn.values()) < 4 * np.sqrt(1000 * 0.2 * 0.8)


def test_each_member_learns_from_its_own_share_and_the_bonus_from_all() -> None:
    network, streams = bootstrapped(share=0.3), Streams(0, "learning", [0, 1])
    mask = torch.cat([network.learning(streams) for _ in range(500)], dim=1)
    assert mask.shape == (2, 2000, 6)
    assert mask[..., 5].all()
    shares = mask[..., :5].float().mean(1)
    np.testing.assert_allclose(shares, 0.3, atol=4 * np.sqrt(0.3 * 0.7 / 2000))
    together = (mask[..., 0] & mask[..., 1]).float().mean().item()
    assert together == pytest.approx(0.09, abs=0.02)  # independent of each other


def test_who_learns_from_a_transition_is_drawn_once_and_stays() -> None:
    """As in the paper: with a new draw for each update every member learns from every transition in the end."""
    settings = {"hidden": (8,), "batch": 8, "warmup": 8, "capacity": 64, "weights": (0.0, 0.0)}
    dqn = DQN("MiniGrid-Empty-5x5-v0", network="bootstrapped:members=3,share=0.5", learners=2, settings=settings)
    dqn.train(40)
    before = dqn.agent.replay.state_dict()["parts"]["learning"]
    dqn.train(16)
    after = dqn.agent.replay.state_dict()["parts"]["learning"]
    assert torch.equal(after[:, :, :20], before)
    drawn = dqn.agent.replay.sample(5, 1, Streams(0, "draws", [0, 1]))
    batch = dqn.agent.with_returns(drawn)
    held = dqn.agent.replay._parts["learning"].flatten(0, 2)
    assert torch.equal(batch.learning, held[drawn.places[..., 0]])
    parts = batch.split(3)
    assert [part.learning.shape[1] for part in parts] == [3, 2]
    # What no member learns from changes nothing.
    nothing = dataclasses.replace(batch, learning=torch.zeros_like(batch.learning))
    weights = [part.clone() for part in dqn.agent.network.parameters()]
    dqn.agent.backend.optimiser.param_groups[0]["betas"] = (0.0, 0.0)  # without the momentum of earlier updates
    dqn.agent.backend._update(nothing, dqn.agent.replay_streams)
    assert all(map(torch.equal, weights, dqn.agent.network.parameters()))
