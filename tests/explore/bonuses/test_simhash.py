"""SimHash: the theory of its bits, and values by hand."""

import gymnasium as gym
import numpy as np
import pytest
import torch

from explore.bonuses.simhash import SimHash
from explore.core.transitions import Transitions
from explore.errors import BadInput

SPACE = gym.spaces.Discrete(9)
ACTIONS = gym.spaces.Discrete(3)


@pytest.mark.parametrize("angle", [0.3, np.pi / 3, 2.2])
def test_bits_agree_with_probability_one_minus_angle_over_pi(angle):
    bits = 1024
    bonus = SimHash(gym.spaces.Box(-2, 2, (5,)), ACTIONS, learners=20, bits=bits, seed=3)
    pair = torch.zeros(20, 2, 5)
    pair[:, 0, 0] = 1.7  # lengths do not matter
    pair[:, 1, 0], pair[:, 1, 1] = np.cos(angle), np.sin(angle)
    bits_of = bonus.hash(pair)
    agree = (bits_of[:, 0] == bits_of[:, 1]).float().mean().item()
    expected = 1 - angle / np.pi
    assert agree == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / (20 * bits)))


def test_shares_visits_of_similar_observations():
    bonus = SimHash(gym.spaces.Box(-2, 2, (2,)), ACTIONS, bits=4, beta=1, scale="none")
    rows = torch.tensor([[[1.0, 0.3], [1.0, 0.3001], [-1.0, -0.3]]])
    flags = torch.zeros(1, 3, dtype=torch.bool)
    step = Transitions(rows, torch.zeros(1, 3, dtype=torch.int64), torch.zeros(1, 3), rows, flags, flags)
    bonus.observe(step.select((slice(None), slice(1))))
    np.testing.assert_allclose(bonus.score(step), [[1.01**-0.5, 1.01**-0.5, 10]], rtol=1e-5)


def test_projections_differ_between_learners_but_not_with_company():
    company = SimHash(SPACE, ACTIONS, learners=3)
    assert torch.equal(SimHash(SPACE, ACTIONS, learners=[2]).projection, company.projection[2:])
    assert not torch.equal(company.projection[0], company.projection[1])
    with pytest.raises(BadInput, match="a state key has none: use by=observation"):
        SimHash(SPACE, ACTIONS, by="state")
