"""The PPO in one file: the targets of its value function move by the discounted bonuses."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import torch

PATH = Path(__file__).parents[2] / "examples" / "ppo_with_bonus.py"


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("ppo_with_bonus", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_targets_move_by_the_discounted_bonuses(example):
    settings = {"steps": 8 * 32, "rollout": 32, "discount": 0.9, "trace": 1.0}
    plain = example.train(example.Settings(bonus="none", **settings))
    paid = example.train(example.Settings(bonus="count:beta=0.5", **settings))
    torch.testing.assert_close(plain.rewards[0], paid.rewards[0])  # the same actions
    bonuses = paid.bonuses[0].double().numpy()
    assert (bonuses > 0).any()
    moved = (paid.targets[0] - plain.targets[0]).double().numpy()
    # A step's target has the bonuses from it to the end of its episode; where that is not known, to the rollout's.
    ahead, expected, open_ended = np.zeros(8), np.zeros_like(bonuses), np.zeros_like(bonuses)
    for k in reversed(range(32)):
        ahead = bonuses[k] + 0.9 * ahead
        expected[k], open_ended[k] = bonuses[k], ahead
    assert (moved >= expected - 1e-5).all()
    assert (moved <= open_ended + 1e-5).all()
    np.testing.assert_allclose(moved[-1], bonuses[-1], atol=1e-6)


@pytest.mark.parametrize("bonus", ["count:beta=0", pytest.param("icm:beta=0", marks=pytest.mark.slow)])
def test_a_zero_bonus_is_no_bonus_bit_for_bit(example, bonus):
    settings = {"steps": 8 * 32 * 3, "rollout": 32}
    zero = example.train(example.Settings(bonus=bonus, **settings))
    none = example.train(example.Settings(bonus="none", **settings))
    assert set(zero.moved) == {0.0}
    assert len(none.targets) == 3
    assert all(torch.equal(zero.weights[name], none.weights[name]) for name in none.weights)
