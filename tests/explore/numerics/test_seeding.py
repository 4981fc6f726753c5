"""Seeds: numbers depend on seed and path alone, and come without torch."""

import subprocess
import sys
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from agents.dqn.dqn import DQN
from agents.mazes import make
from explore import BonusReward, BonusRewardSingle
from explore.core.plugins import make_bonus
from explore.errors import BadInput
from explore.numerics.seeding import LARGEST_SEED, checked_seed, learner_names, stream
from explore.numerics.streams import Streams

WRONG = [-1, 2**64, 2**63, None, 1.5, "7", np.float64(3.0), True]


def test_equal_paths_give_equal_numbers_and_different_paths_do_not():
    first = stream(1, "replay", 2).random(8)
    np.testing.assert_array_equal(first, stream(1, "replay", 2).random(8))
    for other in (stream(2, "replay", 2), stream(1, "choose", 2), stream(1, "replay", 3), stream(1, "replay")):
        assert not np.array_equal(first, other.random(8))


def test_generators_come_without_torch():
    code = "import sys, explore.numerics.seeding; print('torch' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


def test_every_whole_number_that_fits_is_a_seed() -> None:
    assert [checked_seed(seed) for seed in (0, LARGEST_SEED, np.uint64(5), np.int8(3))] == [0, LARGEST_SEED, 5, 3]
    np.testing.assert_array_equal(stream(np.int32(4)).random(3), stream(4).random(3))


@pytest.mark.parametrize("seed", WRONG)
def test_every_door_refuses_a_wrong_seed_in_one_sentence(seed: Any) -> None:
    """1.5 was cut to 1 without a word, and −1 and None were NumPy's raw errors."""
    space, actions = gym.spaces.Discrete(4), gym.spaces.Discrete(2)
    doors = [
        lambda: checked_seed(seed),
        lambda: stream(seed, "replay"),
        lambda: Streams(seed, "choose", [0]),
        lambda: make_bonus("count", space, actions, seed=seed),
        lambda: make_bonus("rnd", space, actions, seed=seed),
        lambda: make_bonus("mix:bonuses=count+rnd", space, actions, seed=seed),
        lambda: BonusRewardSingle(gym.make("FrozenLake-v1"), "count", seed=seed),
        lambda: BonusReward(gym.make_vec("FrozenLake-v1", 2, "sync"), "count", seed=seed),
    ]
    for door in doors:
        with pytest.raises(BadInput, match=r"^seed .*: a seed is a whole number from 0 to 2\^63 - 1\.$"):
            door()


@pytest.mark.parametrize(
    ("learners", "said"),
    [
        (0, "learners is 0: at least 1"),
        (-1, "learners is -1"),
        (2.5, "learners is 2.5: it must be a whole number"),
        (None, "learners is None"),
        (True, "learners is True"),
        ("3", "learners is '3'"),
        ([], "learners need different names"),
        ([0, 0], "learners need different names"),
        ([-1], "the learner -1"),
        ([1.5], "the learner 1.5"),
        ([True], "the learner True"),
    ],
)
def test_learners_are_a_number_of_them_or_different_names(learners: Any, said: str) -> None:
    for door in (
        lambda: make_bonus("count", gym.spaces.Discrete(4), gym.spaces.Discrete(2), learners=learners),
        lambda: DQN("MiniGrid-Empty-5x5-v0", learners=learners),
    ):
        with pytest.raises(BadInput, match=said):
            door()


def test_learners_of_any_whole_number_type() -> None:
    assert learner_names(np.int64(2)) == [0, 1]
    assert learner_names(np.array([3, 1])) == [3, 1]


@pytest.mark.parametrize("count", [0, -1, 2.5, None, True, "3"])
def test_counts_are_whole_numbers_from_one(count: Any) -> None:
    for door in (
        lambda: make_bonus("count", gym.spaces.Discrete(4), gym.spaces.Discrete(2), envs=count),
        lambda: make("MiniGrid-Empty-5x5-v0", count),
        lambda: DQN("MiniGrid-Empty-5x5-v0", learners=1).train(count),
        lambda: DQN("MiniGrid-Empty-5x5-v0", learners=1).evaluate(episodes=count),
    ):
        with pytest.raises(BadInput, match=r"(whole number|at least 1 is needed)"):
            door()


@pytest.mark.parametrize("learner", [-1, 1.5, None])
def test_a_learner_is_named_by_a_whole_number(learner: Any) -> None:
    with pytest.raises(BadInput, match=r"the learner .* whole number from 0"):
        Streams(0, "choose", [learner])
