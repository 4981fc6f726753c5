"""MBIE-EB: values by hand."""

import gymnasium as gym
import numpy as np
import pytest

from explore.bonuses.mbie_eb import MBIEEB
from explore.errors import BadInput

SPACE = gym.spaces.Discrete(9)
ACTIONS = gym.spaces.Discrete(3)


def test_counts_pairs_and_not_arrivals(moves):
    bonus = MBIEEB(SPACE, ACTIONS, beta=1, scale="none")
    for action, arrival in ((1, 2), (1, 3), (2, 4)):
        bonus.observe(moves([[0]], [[arrival]], actions=[[action]]))
    bonuses = bonus.score(moves([[0, 0, 0, 2]], [[8, 8, 8, 8]], actions=[[0, 1, 2, 1]]))
    np.testing.assert_allclose(bonuses, [[10, 2.01**-0.5, 1.01**-0.5, 10]], rtol=1e-5)


def test_refuses_continuous_actions():
    with pytest.raises(BadInput, match="discrete"):
        MBIEEB(SPACE, gym.spaces.Box(-1, 1, (2,)))
