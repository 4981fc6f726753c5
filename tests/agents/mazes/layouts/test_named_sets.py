"""Two sets of layouts that never meet, the same for every slot that asks."""

import gymnasium as gym
import pytest

from agents.mazes.layouts.named_sets import HELD_OUT_SHARE, layouts
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
