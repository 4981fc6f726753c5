"""Whitened normalizer: against NumPy, and categories as they are."""

import gymnasium as gym
import numpy as np
import torch

from explore.bonuses.base.observation_normalizer import ObservationNormalizer
from explore.encoding.observations import Encoder


def test_numbers_are_whitened_by_everything_seen_and_clipped_at_five():
    normalizer = ObservationNormalizer(Encoder(gym.spaces.Box(-np.inf, np.inf, (3,))), 2)
    seen = np.random.default_rng(0).normal([0, 5, -2], [1, 2, 0.1], (2, 40, 3)).astype(np.float32)
    for start in range(0, 40, 8):
        normalizer.update(torch.from_numpy(seen[:, start : start + 8]))
    probe = np.concatenate([seen[:, :5], np.full((2, 1, 3), 100, np.float32)], axis=1)
    whitened = (probe - seen.mean(1, keepdims=True)) / seen.std(1, keepdims=True)
    np.testing.assert_allclose(normalizer(torch.from_numpy(probe)), whitened.clip(-5, 5), rtol=1e-4, atol=1e-4)


def test_idle_rows_are_not_seen():
    space = gym.spaces.Box(-np.inf, np.inf, (1,))
    normalizer, all_valid = ObservationNormalizer(Encoder(space), 1), ObservationNormalizer(Encoder(space), 1)
    rows = torch.tensor([[[1.0], [torch.nan], [3.0]]])
    normalizer.update(rows, torch.tensor([[True, False, True]]))
    all_valid.update(rows[:, ::2])
    assert torch.equal(normalizer(rows[:, ::2]), all_valid(rows[:, ::2]))


def test_categories_beside_numbers_stay_one_hot():
    space = gym.spaces.Dict(a=gym.spaces.Discrete(3), b=gym.spaces.Box(-9, 9, (2,)))
    encoder = Encoder(space)
    normalizer = ObservationNormalizer(encoder, 1)
    rows = torch.from_numpy(encoder.encode({"a": np.array([0, 2]), "b": np.array([[1.0, 8], [3, 8]])}))[None]
    normalizer.update(rows)
    assert normalizer(rows)[0].tolist() == [[1, 0, 0, -1, 0], [0, 0, 1, 1, 0]]  # the last number never varied


def test_categories_alone_go_to_the_network_as_rows():
    encoder = Encoder(gym.spaces.MultiDiscrete([3, 4]))
    normalizer = ObservationNormalizer(encoder, 1)
    rows = torch.tensor([[[2, 1], [0, 3]]], dtype=torch.uint8)
    assert normalizer(rows) is rows
    network = normalizer.network((5,), 2, seed=0, name="n", learners=[0])
    dense = torch.relu(encoder.features(rows) @ network.layers[0].weight + network.layers[0].bias)
    torch.testing.assert_close(network(rows), network.layers[2](dense))


def test_the_largest_floats_stay_finite():
    normalizer = ObservationNormalizer(Encoder(gym.spaces.Box(-np.inf, np.inf, (2,))), 1)
    rows = torch.tensor([[[3e38, -3e38], [-3e38, 1.0]]])
    normalizer.update(rows)
    assert torch.isfinite(normalizer(rows)).all()
    assert normalizer(rows).abs().max() <= 5
