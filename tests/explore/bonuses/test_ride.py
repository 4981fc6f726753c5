"""RIDE by hand on a small episode."""

import gymnasium as gym
import numpy as np
import pytest

from explore.bonuses.ride import RIDE

SPACES = (gym.spaces.Discrete(9), gym.spaces.Discrete(3))


def test_impact_over_the_visits_of_a_small_episode(moves, plain):
    bonus = RIDE(*SPACES, hidden=16, features=8, scale="none", beta=2)
    features = plain(bonus.embedding, 0, np.eye(9))
    # start at 0; the second arrival at 1 is its second visit, the return to 0 the start's second; then a new episode
    episode = [
        (0, 1, 1, False),
        (1, 0, 2, False),
        (0, 1, 2, False),
        (1, 1, 3, True),
        (5, 1, 1, False),
        (1, 5, 2, False),
    ]
    for before, after, visits, ended in episode:
        step = moves([[before]], [[after]], ended=[[ended]])
        paid = bonus.score(step, bonus.observe(step)).item()
        impact = np.linalg.norm(features[after] - features[before])
        assert paid == pytest.approx(2 * impact / np.sqrt(visits), rel=1e-4, abs=1e-7)


def test_both_losses_train_the_features(moves):
    bonus = RIDE(*SPACES, hidden=16, features=8)
    step = moves([[0, 1, 2]], [[1, 2, 0]], actions=[[0, 1, 2]])
    first, last = bonus.learn(step), [bonus.learn(step) for _ in range(200)][-1]
    assert all(last[name] < 0.3 * first[name] for name in ("inverse", "forward"))
