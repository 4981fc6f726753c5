"""Environments by id: mazes with their settings and layouts, any other Gymnasium id, and what is refused."""

import gymnasium as gym
import pytest
from gymnasium.vector import AutoresetMode

from agents.mazes.compiled import CompiledMazes
from agents.training.environments import make_vector_env
from explore.errors import BadInput


def test_a_maze_has_its_seeds_settings_and_layouts() -> None:
    mazes = make_vector_env("MiniGrid-DoorKey-5x5-v0:reward_scale=10", [3, 8, 1], "held-out")
    assert isinstance(mazes, CompiledMazes)
    assert mazes.slot_seeds.tolist() == [3, 8, 1]
    assert mazes.reward_scale == 10
    train = make_vector_env("MiniGrid-DoorKey-5x5-v0", [3])
    assert isinstance(train, CompiledMazes)
    assert not set(train.layouts.seeds.tolist()) & set(mazes.layouts.seeds.tolist())


def test_any_other_id_resets_within_the_step() -> None:
    vector = make_vector_env("CartPole-v1", [0, 1])
    assert vector.metadata["autoreset_mode"] == AutoresetMode.SAME_STEP
    assert vector.num_envs == 2
    assert isinstance(vector.single_action_space, gym.spaces.Discrete)


def test_a_module_that_registers_the_id_may_stand_before_it() -> None:
    assert make_vector_env("gymnasium.envs.classic_control:CartPole-v1", [0]).num_envs == 1


def test_bad_input() -> None:
    with pytest.raises(BadInput, match="unknown maze 'CartPol-v1'"):
        make_vector_env("CartPol-v1", [0])
    with pytest.raises(BadInput, match="has no layouts: 'held-out'"):
        make_vector_env("CartPole-v1", [0], "held-out")
