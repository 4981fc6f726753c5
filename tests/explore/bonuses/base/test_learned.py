"""What all bonuses with networks share."""

import copy

import gymnasium as gym
import numpy as np
import torch

from explore.bonuses.icm import ICM

BOX, ACTIONS = gym.spaces.Box(-np.inf, np.inf, (4,)), gym.spaces.Discrete(3)


def test_adams_moments_go_where_the_networks_go(vectors):
    """Another precision stands for another device here: both come through the same door."""
    bonus = ICM(BOX, ACTIONS, learners=2, hidden=8, features=4)
    bonus.learn(vectors(2, 5, 4))
    before = copy.deepcopy(bonus.optimiser.state_dict()["state"])
    bonus.to(torch.float64)
    for parameter, moments in bonus.optimiser.state.items():
        assert parameter.dtype == moments["exp_avg"].dtype == moments["exp_avg_sq"].dtype == torch.float64
    after = bonus.optimiser.state_dict()["state"]
    for place, moments in before.items():
        assert torch.equal(after[place]["exp_avg"].float(), moments["exp_avg"])
    bonus.to(torch.float32).learn(vectors(2, 5, 4, seed=1))
