"""Random play, annealing and tree search: what they claim is earned on real MiniGrid, within what they may spend."""

import numpy as np
import pytest

from agents.mazes.environment import real_maze
from agents.mazes.layouts.named_sets import layouts
from agents.mazes.maze_spec import parse_maze
from agents.planners import shortest
from agents.planners.annealing import annealing
from agents.planners.random_play import random_play
from agents.planners.tree_search import tree_search

METHODS = [annealing, random_play, tree_search]
MOVING = "MiniGrid-Dynamic-Obstacles-5x5-v0"


def earned_on_real_minigrid(maze_layouts, index, actions):
    env = real_maze(parse_maze(maze_layouts.maze)).env
    env.reset(seed=int(maze_layouts.seeds[index]))
    total = 0.0
    for step, action in enumerate(actions):
        _, paid, terminated, truncated, _ = env.step(int(action))
        total += float(paid)
        assert (terminated or truncated) == (step == len(actions) - 1)  # the actions are one whole episode
    return total


@pytest.mark.parametrize("method", [annealing, tree_search])
@pytest.mark.parametrize("maze", ["MiniGrid-DoorKey-5x5-v0", MOVING])
def test_the_actions_earn_the_value_on_real_minigrid(method, maze):
    maze_layouts = layouts(maze, "train")
    for index in range(3):
        plan = method(maze_layouts, index, 30_000, seed=1)
        assert earned_on_real_minigrid(maze_layouts, index, plan.actions) == plan.value


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_plan_and_another_seed_another(method):
    maze_layouts = layouts("MiniGrid-DoorKey-8x8-v0", "train")
    first, again, other = (method(maze_layouts, 2, 20_000, seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(first.actions, again.actions)
    assert (first.value, first.simulated) == (again.value, again.simulated)
    assert not np.array_equal(first.actions, other.actions)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("maze", ["MiniGrid-DoorKey-5x5-v0", MOVING])
def test_a_plan_neither_changes_its_layouts_nor_depends_on_their_company(method, maze):
    maze_layouts = layouts(maze, "train")
    before = [part.copy() for part in maze_layouts.worlds]
    alone, company = method(maze_layouts.rows(slice(4, 5)), 0, 5_000, seed=0), method(maze_layouts, 4, 5_000, seed=0)
    assert np.array_equal(alone.actions, company.actions)
    for part, kept in zip(maze_layouts.worlds, before, strict=True):
        assert np.array_equal(part, kept)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("budget", [1, 1_000, 20_000])
def test_the_budget_is_kept_up_to_one_episode(method, budget):
    maze_layouts = layouts("MiniGrid-DoorKey-5x5-v0", "train")
    plan = method(maze_layouts, 0, budget, seed=0)
    assert plan.simulated < budget + maze_layouts.limit
    if method is tree_search:
        assert plan.simulated <= budget
    elif budget > maze_layouts.limit:
        assert plan.simulated >= budget


def test_random_play_is_the_mean_of_uniformly_random_episodes_on_real_minigrid():
    maze_layouts, env, random = layouts(MOVING, "train"), real_maze(parse_maze(MOVING)).env, np.random.default_rng(0)
    returns = []
    for _ in range(1500):
        env.reset(seed=int(maze_layouts.seeds[0]))
        env.unwrapped._np_random = random  # what the obstacles do is drawn anew in every episode
        total, over = 0.0, False
        while not over:
            _, paid, terminated, truncated, _ = env.step(int(random.integers(maze_layouts.actions)))
            total, over = total + paid, terminated or truncated
        returns.append(total)
    error = np.std(returns) / np.sqrt(len(returns))
    assert random_play(maze_layouts, 0, 400_000, seed=0).value == pytest.approx(np.mean(returns), abs=4.5 * error)


@pytest.mark.parametrize("method", [annealing, tree_search])
def test_search_beats_random_play_and_never_the_optimum(method):
    maze_layouts = layouts("MiniGrid-DoorKey-5x5-v0", "train")
    for index in range(5):
        best, plan = shortest(maze_layouts, index), method(maze_layouts, index, 100_000, seed=0)
        assert best is not None
        assert random_play(maze_layouts, index, 100_000, seed=0).value + 0.2 < plan.value <= best.value


def test_tree_search_avoids_moving_obstacles_that_it_does_not_foresee():
    maze_layouts = layouts(MOVING, "train")
    values = [tree_search(maze_layouts, 0, 100_000, seed=seed).value for seed in range(10)]
    blind = random_play(maze_layouts, 0, 100_000, seed=0).value
    assert np.mean(values) > blind + 0.5
