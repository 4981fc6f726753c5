"""What is logged of a run, against numbers worked out by hand."""

import numpy as np
import pytest
import torch

from explore import Transitions
from explore.integrations.run_statistics import RunStatistics


def step(successors, rewards, dtype=torch.uint8):
    no = torch.zeros(1, len(rewards), dtype=torch.bool)
    rows = torch.tensor([[[place] for place in successors]], dtype=dtype)
    return Transitions(rows, torch.zeros(1, len(rewards), dtype=torch.int64), torch.tensor([rewards]), rows, no, no)


def test_returns_are_of_whole_episodes_and_coverage_counts_each_observation_once():
    statistics = RunStatistics(2)
    assert statistics.extrinsic_return is None
    for arrivals, rewards, ended in (
        ((1, 1), (0.5, 0.0), (False, False)),
        ((2, 1), (1.0, 0.0), (True, False)),
        ((1, 3), (0.25, 2.0), (False, True)),
    ):
        statistics.observe(step(arrivals, rewards))
        statistics.end_episodes(np.array(ended))
    assert list(statistics.returns) == [1.5, 2.0]
    assert statistics.extrinsic_return == 1.75
    assert statistics.coverage == 3
    assert statistics.episode_length.tolist() == [1, 0]
    statistics.restart(np.array([True, False]))
    assert statistics.episode_return.tolist() == [0, 0]
    assert list(statistics.returns) == [1.5, 2.0]  # an episode that was broken off is none


def test_real_numbers_have_no_coverage():
    statistics = RunStatistics(1)
    statistics.observe(step([1], [0.0], torch.float32))
    assert statistics.coverage is None


def test_the_mean_bonus_is_of_those_since_the_last_time():
    statistics = RunStatistics(1)
    statistics.add_bonus(torch.tensor([[1.0, 2.0]]))
    statistics.add_bonus(torch.tensor([[6.0]]))
    assert statistics.take_mean_bonus() == pytest.approx(3)
    assert statistics.take_mean_bonus() is None
