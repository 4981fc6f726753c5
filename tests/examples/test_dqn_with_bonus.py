"""The DQN in one file: its targets move by the bonus, and by nothing without one."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import torch

PATH = Path(__file__).parents[2] / "examples" / "dqn_with_bonus.py"


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("dqn_with_bonus", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(example, **settings):
    return example.train(example.Settings(steps=1_600, warmup=200, capacity=100, **settings))


@pytest.mark.parametrize("n_step", [1, 3])
def test_targets_move_by_at_most_beta_for_each_of_the_n_rewards(example, n_step):
    # A first arrival of the episode pays β, and every other step nothing.
    spec = "first-visit:beta=0.1,scale=none,half_life=0"
    moved = run(example, bonus=spec, n_step=n_step, discount=1.0).moved
    assert len(moved) > 100
    assert 0 < np.mean(moved) < 0.1 * n_step
    assert max(moved) <= 0.1 * n_step + 1e-6
    assert moved == run(example, bonus=spec, n_step=n_step, discount=1.0).moved


def test_three_rewards_have_more_bonus_than_one(example):
    spec = "count:beta=0.1,first_visit=false,half_life=0"
    one, three = (np.mean(run(example, bonus=spec, n_step=n).moved) for n in (1, 3))
    assert one == pytest.approx(0.1, rel=0.5)  # β is what an average step pays
    assert 1.5 * one < three < 3 * one


@pytest.mark.parametrize(
    "bonus", ["count:beta=0", *(pytest.param(f"{name}:beta=0", marks=pytest.mark.slow) for name in ("rnd", "icm"))]
)
def test_a_zero_bonus_is_no_bonus_bit_for_bit(example, bonus):
    zero, none = run(example, bonus=bonus), run(example, bonus="none")
    assert set(zero.moved) == set(none.moved) == {0.0}
    assert all(torch.equal(zero.weights[name], none.weights[name]) for name in none.weights)
    assert zero.returns == none.returns
