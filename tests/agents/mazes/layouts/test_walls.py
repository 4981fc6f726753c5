"""Walls of every layout, against real resets."""

import numpy as np
import pytest

from agents.mazes.environment import real_maze
from agents.mazes.layouts.named_sets import layouts
from agents.mazes.layouts.walls import walls
from agents.mazes.maze_spec import parse_maze


@pytest.mark.parametrize("maze", ["MiniGrid-LavaGapS5-v0", "MiniGrid-DistShift1-v0"])
def test_walls_are_where_every_reset_has_one(maze: str) -> None:
    env = real_maze(parse_maze(maze)).env
    everywhere = np.ones((env.width, env.height), dtype=bool)
    for seed in layouts(maze, "train").seeds.tolist():
        env.reset(seed=seed)
        everywhere &= env.grid.encode()[..., 0] == 2
    wall_map = walls(maze)
    assert len(wall_map) == env.height
    assert [[cell == "#" for cell in row] for row in wall_map] == everywhere.T.tolist()


def test_a_scale_of_the_reward_moves_no_wall() -> None:
    assert walls("MiniGrid-DistShift1-v0:reward_scale=10") == walls("MiniGrid-DistShift1-v0")
