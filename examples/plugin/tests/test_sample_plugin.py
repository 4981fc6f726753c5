"""The author's own tests: the formulas by hand."""

import pytest

pytest.importorskip("sample_plugin", reason="install the sample first: pip install ./examples/plugin")

import gymnasium as gym
import torch
from sample_plugin.explore_first import ExploreFirst
from sample_plugin.power_count import PowerCount

from explore import Streams, Transitions


def test_power_count_falls_with_the_power_of_the_visits():
    bonus = PowerCount(gym.spaces.Discrete(5), gym.spaces.Discrete(2), beta=1, power=2)
    rows, flags = torch.ones(1, 1, 1, dtype=torch.uint8), torch.zeros(1, 1, dtype=torch.bool)
    step = Transitions(rows, torch.zeros(1, 1, dtype=torch.int64), torch.zeros(1, 1), rows, flags, flags)
    paid = []
    for _ in range(3):
        paid.append(bonus.score(step).item())
        bonus.observe(step)
    assert paid == pytest.approx([1, 1 / 4, 1 / 9])


def test_explore_first_commits():
    strategy, streams = ExploreFirst(4, envs=400, horizon=100, share=0.5), Streams(0, "choose", [0])
    values = torch.tensor([0.0, 0.0, 1.0, 0.0]).expand(1, 400, 4)
    assert len(strategy.choose(values, 49, streams).unique()) == 4
    assert (strategy.choose(values, 50, streams) == 2).all()
