"""NovelD by hand on a small episode."""

import gymnasium as gym
import numpy as np
import pytest

from explore.bonuses.noveld import NovelD

SPACES = (gym.spaces.Discrete(9), gym.spaces.Discrete(3))


def test_rise_of_novelty_on_first_arrivals(moves, plain):
    bonus = NovelD(*SPACES, hidden=16, features=8, scale="none", learns_from="drawn", beta=2, learning_rate=1e-3)
    for _ in range(300):
        bonus.learn(moves([[0, 0]], [[0, 1]]))  # 0 and 1 become known
    error = plain(bonus.distillation.predictor, 0, np.eye(9)) - plain(bonus.distillation.target, 0, np.eye(9))
    novelty = np.linalg.norm(error, axis=-1)
    # what is known, what is new from the known, back to the known, again to what was new, after the episode anew
    episode = [(0, 1, 1, 0), (1, 5, 1, 0), (5, 0, 0, 0), (0, 5, 0, 1), (0, 5, 1, 0), (5, 5, 0, 0)]
    paid = []
    for before, after, first, ended in episode:
        step = moves([[before]], [[after]], ended=[[bool(ended)]])
        paid.append(bonus.score(step, bonus.observe(step)).item())
        assert paid[-1] == pytest.approx(2 * max(novelty[after] - novelty[before] / 2, 0) * first, rel=1e-3, abs=1e-6)
    assert paid[1] > 3 * paid[0]
    known = moves([[5]], [[0]])
    assert bonus.score(known).item() == 0  # less novel than half of where it came from
