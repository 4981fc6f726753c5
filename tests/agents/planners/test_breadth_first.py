"""The shortest way against a search on real MiniGrid, and by hand."""

import copy
from collections import deque
from dataclasses import replace

import pytest
from minigrid.minigrid_env import MiniGridEnv

from agents.mazes.engine.codes import GOAL, OUTSIDE
from agents.mazes.environment import real_maze
from agents.mazes.layouts.named_sets import layouts
from agents.mazes.maze_spec import parse_maze
from agents.planners import shortest
from agents.planners.breadth_first import short
from agents.planners.simulation import played


def steps_on_real_minigrid(env: MiniGridEnv) -> int:
    """Breadth-first over copies of the real environment; its own hash, and what is carried, name a state."""
    waiting, seen = deque([(env, 0)]), set()
    while waiting:
        now, steps = waiting.popleft()
        for action in range(6):
            ahead = copy.deepcopy(now)
            _, reward, terminated, _, _ = ahead.step(action)
            if reward > 0:
                return steps + 1
            name = (ahead.hash(32), None if ahead.carrying is None else ahead.carrying.encode())
            if not terminated and name not in seen:
                seen.add(name)
                waiting.append((ahead, steps + 1))
    raise AssertionError("no way")


@pytest.mark.parametrize("maze", ["MiniGrid-DoorKey-5x5-v0", "MiniGrid-LavaGapS5-v0", "MiniGrid-KeyCorridorS3R1-v0"])
def test_no_way_is_shorter(maze: str) -> None:
    maze_layouts = layouts(maze, "train")
    for index in range(2):
        env = real_maze(parse_maze(maze)).env
        env.reset(seed=int(maze_layouts.seeds[index]))
        plan = shortest(maze_layouts, index)
        assert plan is not None
        assert len(plan.actions) == steps_on_real_minigrid(env)


def test_the_plan_earns_what_it_says_on_real_minigrid() -> None:
    maze_layouts = layouts("MiniGrid-DoorKey-8x8-v0", "held-out")
    for index in range(5):
        plan, env = shortest(maze_layouts, index), real_maze(parse_maze(maze_layouts.maze)).env
        assert plan is not None
        env.reset(seed=int(maze_layouts.seeds[index]))
        rewards = [env.step(int(action))[1] for action in plan.actions]
        assert rewards[:-1] == [0] * (len(rewards) - 1)
        assert rewards[-1] == plan.value


def test_none_where_the_world_moves_by_itself() -> None:
    assert shortest(layouts("MiniGrid-Dynamic-Obstacles-5x5-v0", "train"), 0) is None


def test_none_where_there_is_no_way() -> None:
    maze_layouts = layouts("MiniGrid-Empty-5x5-v0", "train")
    cells = maze_layouts.cells.copy()
    cells[(cells & 15) == GOAL] = OUTSIDE
    assert shortest(replace(maze_layouts, worlds=maze_layouts.worlds._replace(cells=cells)), 0) is None


@pytest.mark.parametrize("kind", ["DoorKey-8x8-v0", "KeyCorridorS3R2-v0", "ObstructedMaze-1Dlhb-v0"])
def test_the_rough_search_finds_a_way_for_less(kind: str) -> None:
    """Boxes opened, keys and balls put down on the way; seldom longer than the shortest, never shorter."""
    maze_layouts = layouts(f"MiniGrid-{kind}", "train")
    longer = 0
    for index in range(3):
        best, plan = shortest(maze_layouts, index), short(maze_layouts, index)
        assert best is not None
        assert plan is not None
        assert played(maze_layouts, index, plan.actions) == (plan.value, len(plan.actions))
        assert plan.simulated < best.simulated
        longer += len(plan.actions) - len(best.actions)
        assert plan.value <= best.value
    assert longer <= 6
