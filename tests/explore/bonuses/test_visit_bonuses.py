"""MBIE-EB, SimHash, episodic count and first visit: values by hand and theory."""

import gymnasium as gym
import numpy as np
import pytest
import torch

from explore.bonuses.episodic_count import EpisodicCount
from explore.bonuses.first_visit import FirstVisit
from explore.bonuses.mbie_eb import MBIEEB
from explore.bonuses.simhash import SimHash
from explore.core.transitions import Transitions
from explore.errors import BadInput

SPACE = gym.spaces.Discrete(9)
ACTIONS = gym.spaces.Discrete(3)


def test_mbie_eb_counts_pairs_and_not_arrivals(moves):
    bonus = MBIEEB(SPACE, ACTIONS, beta=1, scale="none")
    for action, arrival in ((1, 2), (1, 3), (2, 4)):
        bonus.observe(moves([[0]], [[arrival]], actions=[[action]]))
    paid = bonus.score(moves([[0, 0, 0, 2]], [[8, 8, 8, 8]], actions=[[0, 1, 2, 1]]))
    np.testing.assert_allclose(paid, [[10, 2.01**-0.5, 1.01**-0.5, 10]], rtol=1e-5)


def test_mbie_eb_refuses_continuous_actions():
    with pytest.raises(BadInput, match="discrete"):
        MBIEEB(SPACE, gym.spaces.Box(-1, 1, (2,)))


@pytest.mark.parametrize("angle", [0.3, np.pi / 3, 2.2])
def test_simhash_bits_agree_with_probability_one_minus_angle_over_pi(angle):
    bits = 1024
    bonus = SimHash(gym.spaces.Box(-2, 2, (5,)), ACTIONS, learners=20, bits=bits, seed=3)
    pair = torch.zeros(20, 2, 5)
    pair[:, 0, 0] = 1.7  # lengths do not matter
    pair[:, 1, 0], pair[:, 1, 1] = np.cos(angle), np.sin(angle)
    bits_of = bonus.hash(pair)
    agree = (bits_of[:, 0] == bits_of[:, 1]).float().mean().item()
    expected = 1 - angle / np.pi
    assert agree == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / (20 * bits)))


def test_simhash_shares_visits_of_similar_observations():
    bonus = SimHash(gym.spaces.Box(-2, 2, (2,)), ACTIONS, bits=4, beta=1, scale="none")
    rows = torch.tensor([[[1.0, 0.3], [1.0, 0.3001], [-1.0, -0.3]]])
    flags = torch.zeros(1, 3, dtype=torch.bool)
    step = Transitions(rows, torch.zeros(1, 3, dtype=torch.int64), torch.zeros(1, 3), rows, flags, flags)
    bonus.observe(step.select((slice(None), slice(1))))
    np.testing.assert_allclose(bonus.score(step), [[1.01**-0.5, 1.01**-0.5, 10]], rtol=1e-5)


def test_simhash_projections_differ_between_learners_but_not_with_company():
    company = SimHash(SPACE, ACTIONS, learners=3)
    assert torch.equal(SimHash(SPACE, ACTIONS, learners=[2]).projection, company.projection[2:])
    assert not torch.equal(company.projection[0], company.projection[1])
    with pytest.raises(BadInput, match="no angle to hash: use by=observation"):
        SimHash(SPACE, ACTIONS, by="state")


def test_episodic_count_and_first_visit_by_hand(moves):
    path = [(0, 1, False), (1, 0, False), (0, 1, False), (1, 1, True), (5, 1, False)]
    expected = {EpisodicCount: [1, 2**-0.5, 2**-0.5, 3**-0.5, 1], FirstVisit: [1, 0, 0, 0, 1]}
    for kind, factors in expected.items():
        bonus = kind(SPACE, ACTIONS, beta=0.5)
        for (state, following, ended), factor in zip(path, factors, strict=True):
            step = moves([[state]], [[following]], ended=[[ended]])
            episodic = bonus.observe(step)
            assert bonus.score(step, episodic).item() == pytest.approx(0.5 * factor)
