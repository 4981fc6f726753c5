"""The author's own tests: the contract in one line each, and the formulas by hand."""

import pytest

pytest.importorskip("sample_plugin", reason="install the sample first: pip install ./examples/plugin")

import gymnasium as gym
import numpy as np
import torch
from sample_plugin.explore_first import ExploreFirst
from sample_plugin.power_count import PowerCount
from sample_plugin.power_ucb import PowerUCB

from bandits import simulate
from bandits.testbeds.bernoulli import TwoArms
from bandits.trial.pytest import contract
from explore import Streams, Transitions

test_power_count_keeps_the_contract = contract("power-count:power=2")
test_explore_first_keeps_the_contract = contract("explore-first:share=0.5")
test_power_ucb_keeps_the_contract = contract("power-ucb:c=1")


def test_power_count_falls_with_the_power_of_the_visits():
    bonus = PowerCount(gym.spaces.Discrete(5), gym.spaces.Discrete(2), beta=1, power=2, scale="none")
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


def test_power_ucb_by_hand():
    policy, rng = PowerUCB(c=1, power=1), np.ones(1, dtype=np.uint64)
    state = policy.initial(TwoArms(), horizon=10)
    pulled = []
    for t in range(1, 6):
        arm = PowerUCB.select(state, t, rng)
        PowerUCB.update(state, arm, [0.4, 0.1][arm], rng)
        pulled.append(arm)
    # Each once, in any order: 1 = 1, then 1 beside 0.9 or 0.6. Then 0.9 > 0.6; 0.73 > 0.6; 0.65 > 0.6.
    assert sorted(pulled[:2]) == [0, 1]
    assert pulled[2:] == [0, 0, 0]


def test_power_ucb_is_compiled_and_finds_the_better_arm():
    (played,) = simulate("two-arms", ["power-ucb"], runs=100, horizon=500, threads=1).policies
    assert played.compiled
    assert played.optimal > 0.7
