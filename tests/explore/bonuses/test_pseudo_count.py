"""Pseudo-counts against the closed form of the density model and against exact counts."""

from dataclasses import replace

import gymnasium as gym
import numpy as np
import pytest
import torch

from explore.bonuses.pseudo_count import PseudoCount

ACTIONS = gym.spaces.Discrete(3)


def test_on_one_column_it_is_the_count_and_the_prior(moves):
    bonus = PseudoCount(gym.spaces.Discrete(9), ACTIONS, beta=2, scale="none")
    for following in (1, 1, 4, 1):
        bonus.observe(moves([[0]], [[following]]))
    expected = np.array([3, 1, 0]) + 1 / 9
    np.testing.assert_allclose(bonus.score(moves([[0, 0, 0]], [[1, 4, 7]]))[0], 2 / np.sqrt(expected + 0.01), rtol=1e-5)


@pytest.mark.parametrize("counts", [[3, 4], [2, 2, 2, 5]])
def test_closed_form_on_several_columns(moves, counts):
    """ρ and ρ′ by the textbook: the product of the columns, before and after one more visit."""
    bonus = PseudoCount(gym.spaces.MultiDiscrete(counts), ACTIONS, learners=2, scale="none")
    rows = np.random.default_rng(0).integers(0, counts, (2, 30, len(counts)))

    def density(seen, row):
        return np.prod([((seen[:, i] == row[i]).sum() + 1 / k) / (len(seen) + 1) for i, k in enumerate(counts)])

    step = moves([[0], [0]], [[0], [0]])
    for item in range(29):
        row = torch.from_numpy(rows[:, item : item + 1].astype(np.uint8))
        bonus.observe(
            replace(
                step,
                observation=row,
                next_observation=row,
                reward=torch.zeros(2, 1),
                terminated=torch.zeros(2, 1) > 0,
                truncated=torch.zeros(2, 1) > 0,
            )
        )
    for learner in range(2):
        seen, row = rows[learner, :29], rows[learner, 29]
        rho, after = density(seen, row), density(np.concatenate([seen, row[None]]), row)
        count = bonus.pseudo_counts(torch.from_numpy(rows[:, 29:].astype(np.uint8)))[learner].item()
        assert count == pytest.approx(rho * (1 - after) / (after - rho), rel=1e-9)


def test_a_new_value_in_any_of_many_columns_is_nearly_unseen(vectors):
    space = gym.spaces.MultiDiscrete([5] * 100)
    bonus = PseudoCount(space, ACTIONS, scale="none")
    same = torch.zeros(1, 1, 100, dtype=torch.uint8)
    for _ in range(50):
        bonus.observe(vectors(1, 1, 1, observation=same, next_observation=same))
    new = same.clone()
    new[..., 7] = 3
    assert bonus.pseudo_counts(same).item() > 20  # 100 columns with a prior each: near, below the 50 visits
    assert bonus.pseudo_counts(new).item() < 0.5


def test_numbers_fall_into_bins_between_their_bounds_or_along_a_curve(vectors):
    low, high = np.array([0, -np.inf], np.float32), np.array([8, np.inf], np.float32)
    bonus = PseudoCount(gym.spaces.Box(low, high), ACTIONS, bins=4, beta=1, scale="none")
    rows = torch.tensor([[[1.0, 0.5], [1.9, 0.9], [2.1, 0.5], [1.0, 1.5], [8.0, 1e30], [7.0, 9.0]]])
    places = bonus._places(rows)[0]
    # 0–2, 2–4, 4–6, 6–8; and x/(1 + |x|) cut at −½, 0, ½, which is x = −1, 0, 1
    assert places.tolist() == [[0, 6], [0, 6], [1, 6], [0, 7], [3, 7], [3, 7]]


def test_a_space_of_one_observation_counts_visits(moves):
    bonus = PseudoCount(gym.spaces.Discrete(1), ACTIONS, scale="none")
    for _ in range(3):
        bonus.observe(moves([[0]], [[0]]))
    assert bonus.pseudo_counts(torch.zeros(1, 1, 1)).item() == 3


def test_idle_rows_are_not_counted(moves):
    bonus = PseudoCount(gym.spaces.Discrete(9), ACTIONS, envs=2, scale="none")
    bonus.observe(moves([[0, 0]], [[1, 2]], valid=[[True, False]]))
    assert bonus.total.tolist() == [1]
    assert bonus.counts[0].tolist() == [0, 1] + [0] * 7
