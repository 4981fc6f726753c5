"""NGU by hand on a small episode: the kernel, the memory, the lifelong factor."""

import gymnasium as gym
import numpy as np
import pytest
import torch

from explore.bonuses.base.nearest_neighbours import EpisodePoints
from explore.bonuses.ngu import NGU

SPACES = (gym.spaces.Discrete(9), gym.spaces.Discrete(3))
SMALL = {"hidden": 16, "features": 8, "scale": "none", "beta": 1}


def test_episodic_reward_of_a_small_episode(moves, plain):
    bonus = NGU(*SPACES, **SMALL, neighbours=2)
    points = plain(bonus.embedding, 0, np.eye(9))
    means, memory, lengths = [], [points[0]], []
    for before, after, ended in [(0, 1, 0), (1, 2, 0), (2, 1, 0), (1, 1, 1), (4, 2, 0), (2, 7, 0)]:
        if lengths and lengths[-1]:
            memory = [points[before]]  # a new episode
        squared = np.sort([((points[after] - point) ** 2).sum() for point in memory])[:2]
        means += list(squared)
        kernel = 1e-4 / (np.maximum(squared / np.mean(means) - 0.008, 0) + 1e-4)
        similarity = np.sqrt(kernel.sum()) + 1e-3
        factor = bonus.observe(moves([[before]], [[after]], ended=[[bool(ended)]])).item()
        assert factor == pytest.approx(1 / similarity, rel=1e-3)
        memory.append(points[after])
        lengths.append(ended)


def test_nothing_is_paid_among_too_many_alike(moves):
    bonus = NGU(*SPACES, **SMALL, neighbours=10, most_similar=3.0)
    bonus.observe(moves([[0]], [[1]]))
    factors = [bonus.observe(moves([[1]], [[1]])).item() for _ in range(12)]
    # n equal points give a similarity of √n (and next to nothing of the start): beyond nine it passes 3
    np.testing.assert_allclose(factors[:8], [1 / (np.sqrt(n) + 1e-3) for n in range(1, 9)], rtol=1e-2)
    assert factors[-1] == 0


def test_lifelong_factor_is_clipped_and_relative_to_recent_errors(moves):
    bonus = NGU(*SPACES, envs=4, **SMALL, largest=1.8)
    step = moves([[0, 0, 0, 0]], [[1, 2, 3, 4]])
    bonus.observe(step)
    error = bonus.distillation(step.next_observation).detach().numpy()[0]
    expected = (1 + (error - error.mean()) / error.std()).clip(1, 1.8)
    np.testing.assert_allclose(bonus.score(step)[0], expected, rtol=1e-3)
    assert len(set(expected)) > 1


def test_memory_grows_keeps_the_last_points_and_clears_only_the_ended_slot():
    memory, random = EpisodePoints(1, 2, 3, most=40), np.random.default_rng(0)
    points = torch.from_numpy(random.normal(size=(60, 1, 2, 3)).astype(np.float32))
    for point in points:
        memory.add(point, torch.tensor([[True, True]]))
    probe = torch.zeros(1, 2, 3)
    kept = np.sort((points[20:, 0].numpy() ** 2).sum(-1), axis=0)[:5].T
    np.testing.assert_allclose(memory.nearest(probe, 5)[0], kept, rtol=1e-4)
    memory.clear(torch.tensor([[True, False]]))
    assert memory.nearest(probe, 5)[0, 0].isinf().all()
    np.testing.assert_allclose(memory.nearest(probe, 5)[0, 1], kept[1], rtol=1e-4)
