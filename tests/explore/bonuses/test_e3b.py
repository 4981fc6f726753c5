"""E3B against numpy.linalg.inv."""

import gymnasium as gym
import numpy as np
import torch

from explore.bonuses.e3b import E3B

SPACES = (gym.spaces.Discrete(9), gym.spaces.Discrete(3))


def test_bonus_is_the_length_in_the_inverse_of_the_episodes_sum(moves, plain):
    bonus = E3B(*SPACES, learners=2, envs=2, hidden=16, features=8, ridge=0.1)
    random = np.random.default_rng(0)
    states = random.integers(9, size=(2, 2))
    fresh, sums = np.ones((2, 2), bool), np.zeros((2, 2, 8, 8))
    features = [plain(bonus.embedding, learner, np.eye(9)) for learner in range(2)]
    for _ in range(60):
        following, ended = random.integers(9, size=(2, 2)), random.random((2, 2)) < 0.1
        expected = np.zeros((2, 2))
        for learner in range(2):
            for env in range(2):
                if fresh[learner, env]:
                    start = features[learner][states[learner, env]]
                    sums[learner, env] = 0.1 * np.eye(8) + np.outer(start, start)
                point = features[learner][following[learner, env]]
                expected[learner, env] = point @ np.linalg.inv(sums[learner, env]) @ point
                sums[learner, env] += np.outer(point, point)
        factor = bonus.observe(moves(states.tolist(), following.tolist(), ended=ended.tolist()))
        np.testing.assert_allclose(factor, expected, rtol=1e-4)
        states = np.where(ended, random.integers(9, size=(2, 2)), following)
        fresh = ended


def test_an_idle_row_leaves_the_episode_alone(moves):
    bonus = E3B(*SPACES, envs=2, hidden=16, features=8)
    bonus.observe(moves([[0, 0]], [[1, 1]]))
    before = bonus.precision.clone()
    bonus.observe(moves([[1, 1]], [[2, 2]], valid=[[True, False]]))
    assert not torch.equal(bonus.precision[0, 0], before[0, 0])
    assert torch.equal(bonus.precision[0, 1], before[0, 1])
