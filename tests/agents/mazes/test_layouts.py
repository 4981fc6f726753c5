"""Layouts: two sets that never meet, the same for every slot that asks."""

import collections

import gymnasium as gym
import pytest

from agents.mazes import make
from agents.mazes.layouts import HELD_OUT_SHARE, layout_index, layouts
from explore.errors import BadInput

MAZE = "MiniGrid-DoorKey-5x5-v0"


def grids(name: str) -> set[bytes]:
    env = gym.make(MAZE).unwrapped
    seen = set()
    for seed in layouts(MAZE, name).seeds.tolist():
        env.reset(seed=seed)
        seen.add(env.grid.encode().tobytes() + bytes([*map(int, env.agent_pos), env.agent_dir]))
    return seen


def test_training_and_held_out_layouts_never_meet_and_none_is_there_twice() -> None:
    train, held_out = grids("train"), grids("held-out")
    assert not train & held_out
    assert len(train) == len(layouts(MAZE, "train"))
    assert len(held_out) == len(layouts(MAZE, "held-out"))
    # A wall in one column, three doors in it; the agent and the key left of it: every one of the 48 is found.
    assert len(held_out) == (len(train) + len(held_out)) // HELD_OUT_SHARE


def test_a_maze_with_one_layout_has_none_to_hold_out() -> None:
    assert len(layouts("MiniGrid-Empty-5x5-v0", "train")) == 1
    with pytest.raises(BadInput, match="no held-out layouts: there are only 1"):
        layouts("MiniGrid-Empty-5x5-v0", "held-out")


def test_a_slot_visits_all_layouts_about_equally_often() -> None:
    counted = collections.Counter(layout_index(7, episode, 10) for episode in range(10_000))
    assert set(counted) == set(range(10))
    # χ² with 9 degrees of freedom: above 27.9 once in a thousand.
    assert sum((count - 1000) ** 2 / 1000 for count in counted.values()) < 27.9


def test_slots_are_independent() -> None:
    pairs = {(layout_index(seed, 0, 5), layout_index(seed + 1, 0, 5)) for seed in range(500)}
    assert len(pairs) == 25


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"maze": "MiniGrid-DoorKey-5x5-v1"}, "unknown maze 'MiniGrid-DoorKey-5x5-v1': did you mean"),
        ({"maze": "CartPole-v1"}, "not a MiniGrid maze"),
        ({"num_envs": 0}, "at least 1"),
        ({"layouts": "heldout"}, "did you mean 'held-out'?"),
        ({"seed": [1, 2]}, "2 seeds for 3 environments"),
    ],
)
def test_bad_input(change: dict[str, object], said: str) -> None:
    given: dict[str, object] = {"maze": MAZE, "num_envs": 3, **change}
    with pytest.raises(BadInput) as refused:
        make(**given)
    assert said in str(refused.value)
