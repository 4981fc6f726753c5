"""Count against a dictionary, and its first visits by hand."""

import gymnasium as gym
import numpy as np
import pytest
import torch

from explore.bonuses.count import Count
from explore.errors import BadInput

SPACE = gym.spaces.Discrete(9)
ACTIONS = gym.spaces.Discrete(2)


def test_counts_agree_with_a_dictionary(moves):
    bonus = Count(SPACE, ACTIONS, learners=3, envs=4, beta=0.5, scale="none", first_visit=False)
    rng = np.random.default_rng(0)
    seen = [{} for _ in range(3)]
    for _ in range(40):
        rows = rng.integers(0, 9, (3, 4))
        valid = rng.random((3, 4)) < 0.8
        bonus.observe(moves(rng.integers(0, 9, (3, 4)).tolist(), rows.tolist(), valid=valid.tolist()))
        for learner in range(3):
            for state in rows[learner][valid[learner]]:
                seen[learner][state] = seen[learner].get(state, 0) + 1
    every = [list(range(9))] * 3
    expected = [[0.5 / np.sqrt(seen[learner].get(s, 0) + 0.01) for s in range(9)] for learner in range(3)]
    np.testing.assert_allclose(bonus.score(moves(every, every)), expected, rtol=1e-5)


def test_first_visit_pays_once_per_episode_and_slot(moves):
    bonus = Count(SPACE, ACTIONS, envs=2)
    assert bonus.observe(moves([[0, 5]], [[1, 1]])).tolist() == [[1, 1]]
    assert bonus.observe(moves([[1, 1]], [[0, 2]])).tolist() == [[0, 1]]  # slot 0 is back where it began
    assert bonus.observe(moves([[0, 2]], [[1, 1]], ended=[[True, False]])).tolist() == [[0, 0]]
    assert bonus.observe(moves([[7, 1]], [[1, 1]])).tolist() == [[1, 0]]  # only slot 0 began anew


def test_idle_rows_are_not_counted_and_begin_no_episode(moves):
    bonus = Count(SPACE, ACTIONS, scale="none")
    bonus.observe(moves([[0]], [[1]], ended=[[True]]))
    bonus.observe(moves([[1]], [[3]], valid=[[False]]))
    assert bonus.table.get(torch.tensor([[0]])).shape == (1, 1)
    # The idle row was no visit to 3 for life, and state 3 is where the new episode begins.
    assert bonus.observe(moves([[3]], [[3]])).tolist() == [[0]]
    assert bonus.score(moves([[3]], [[3]])).item() == pytest.approx(0.02 / np.sqrt(1.01))


def test_any_key_function(moves):
    parity = Count(SPACE, ACTIONS, key=lambda rows: rows % 2, beta=1, scale="none")
    number = Count(SPACE, ACTIONS, key=lambda rows: rows[..., 0].long() % 2, beta=1, scale="none")
    for bonus in (parity, number):
        bonus.observe(moves([[0]], [[2]]))
        paid = bonus.score(moves([[0, 0, 0]], [[4, 2, 3]]))
        np.testing.assert_allclose(paid, [[1.01**-0.5, 1.01**-0.5, 10]], rtol=1e-5)


def test_alone_and_in_company_are_the_same(moves):
    company = Count(SPACE, ACTIONS, learners=2)
    alone = Count(SPACE, ACTIONS, learners=[1])
    for state in (1, 1, 2, 1):
        company.observe(moves([[0], [0]], [[3], [state]]))
        alone.observe(moves([[0]], [[state]]))
    probe = [[1, 2, 3]]
    assert torch.equal(company.score(moves(probe * 2, probe * 2))[1:], alone.score(moves(probe, probe)))


def test_frozen_counts_keep_still_but_the_episode_goes_on(moves):
    bonus = Count(SPACE, ACTIONS, scale="none")
    bonus.freeze()
    assert bonus.observe(moves([[0]], [[1]])).item() == 1
    assert bonus.observe(moves([[1]], [[1]])).item() == 0
    assert bonus.score(moves([[0]], [[1]])).item() == pytest.approx(0.2)
    assert bonus.steps.item() == 0


def test_state_round_trip(moves):
    bonus = Count(SPACE, ACTIONS)
    bonus.observe(moves([[0]], [[1]]))
    again = Count(SPACE, ACTIONS)
    again.load_state_dict(bonus.state_dict())
    step = moves([[1]], [[0]])
    assert again.observe(step).item() == bonus.observe(step).item() == 0
    assert torch.equal(again.score(step), bonus.score(step))


def test_half_life_halves_beta(moves):
    bonus = Count(SPACE, ACTIONS, beta=1, half_life=2, scale="none", first_visit=False)
    for _ in range(4):
        bonus.observe(moves([[0]], [[1]]))
    assert bonus.score(moves([[0]], [[1]])).item() == pytest.approx(0.25 / np.sqrt(4.01))


def test_states_need_names_and_no_key_function(moves):
    with pytest.raises(BadInput, match="by=observation"):
        Count(SPACE, ACTIONS, by="state").observe(moves([[0]], [[1]]))
    with pytest.raises(BadInput, match="key function"):
        Count(SPACE, ACTIONS, by="state", key=lambda rows: rows)
