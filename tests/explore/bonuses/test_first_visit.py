"""First visit: values by hand."""

import gymnasium as gym
import pytest

from explore.bonuses.first_visit import FirstVisit


def test_values_by_hand(moves):
    path = [(0, 1, False), (1, 0, False), (0, 1, False), (1, 1, True), (5, 1, False)]
    bonus = FirstVisit(gym.spaces.Discrete(9), gym.spaces.Discrete(3), beta=0.5)
    for (state, following, ended), factor in zip(path, [1, 0, 0, 0, 1], strict=True):
        step = moves([[state]], [[following]], ended=[[ended]])
        episodic = bonus.observe(step)
        assert bonus.score(step, episodic).item() == pytest.approx(0.5 * factor)
