"""RE3 against sorted distances in NumPy; its sample against the chance that a point is kept."""

import gymnasium as gym
import numpy as np
import torch

from explore.bonuses.base.nearest_neighbours import Reservoir
from explore.bonuses.re3 import RE3

SPACES = (gym.spaces.Discrete(9), gym.spaces.Discrete(3))


def test_distance_to_the_third_nearest_arrival(moves, plain):
    bonus = RE3(*SPACES, learners=2, envs=2, hidden=16, features=8, beta=2, scale="none", first_visit=False)
    arrivals = np.random.default_rng(0).integers(7, size=(6, 2, 2))
    for following in arrivals:
        bonus.observe(moves([[0, 0], [0, 0]], following.tolist()))
    probe = [list(range(9))] * 2
    paid = bonus.score(moves(probe, probe))
    for learner in range(2):
        points = plain(bonus.embedding, learner, np.eye(9))
        seen = points[arrivals[:, learner].reshape(-1)]
        third = np.sort(np.linalg.norm(points[:, None] - seen, axis=-1), axis=1)[:, 2]
        np.testing.assert_allclose(paid[learner], 2 * np.log1p(third), rtol=1e-4, atol=1e-6)


def test_a_frozen_bonus_takes_nothing_in(moves):
    bonus = RE3(*SPACES, hidden=16, features=8, scale="none", first_visit=False)
    bonus.observe(moves([[0]], [[1]]))
    bonus.freeze()
    bonus.observe(moves([[1]], [[2]]))
    assert bonus.memory.seen.tolist() == [1]


def test_every_point_is_kept_with_the_same_chance_and_idle_rows_never():
    learners, seen, most = 400, 40, 10
    reservoir = Reservoir(1, most, seed=0, name="r", learners=range(learners))
    numbers = torch.arange(2 * seen, dtype=torch.float32).view(-1, 4)
    for row in numbers:
        valid = (row % 2 == 0).expand(learners, 4)
        reservoir.add(row.view(1, 4, 1).expand(learners, 4, 1), valid)
    kept = np.bincount(reservoir.points.long().flatten().numpy(), minlength=2 * seen)
    assert (kept[1::2] == 0).all()
    chance = most / seen
    deviation = np.sqrt(learners * chance * (1 - chance))
    assert (np.abs(kept[::2] - learners * chance) < 4 * deviation).all()
    assert all(len(set(row)) == most for row in reservoir.points.squeeze(-1).tolist())


def test_fewer_points_than_neighbours_measure_to_the_farthest():
    reservoir = Reservoir(1, 10, seed=0, name="r", learners=[0])
    assert reservoir.distance(torch.ones(1, 1, 1), 3).item() == 0
    reservoir.add(torch.tensor([[[0.0], [5.0]]]), torch.tensor([[True, True]]))
    assert reservoir.distance(torch.ones(1, 1, 1), 3).item() == 4


def test_a_batch_is_taken_in_as_its_points_one_after_the_other():
    whole, single = (Reservoir(1, 5, seed=0, name="r", learners=[0, 3]) for _ in range(2))
    for batch in torch.arange(2 * 12 * 9, dtype=torch.float32).view(12, 2, 9, 1):
        valid = batch[..., 0] % 4 != 0
        whole.add(batch, valid)
        for item in range(9):
            single.add(batch[:, item : item + 1], valid[:, item : item + 1])
        assert torch.equal(whole.points, single.points)
        assert torch.equal(whole.seen, single.seen)
