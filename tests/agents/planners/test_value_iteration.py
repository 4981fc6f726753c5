"""Value iteration against breadth-first search, plain recursion in Python, and what its policy earns."""

import functools
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from gymnasium.envs.registration import register
from minigrid.envs.dynamicobstacles import DynamicObstaclesEnv

from agents.mazes.engine.codes import GOAL, OUTSIDE
from agents.mazes.engine.moves import OBSTACLES
from agents.mazes.engine.pcg import words
from agents.mazes.layouts.building import built
from agents.mazes.layouts.layouts import Layouts
from agents.mazes.layouts.named_sets import layouts
from agents.planners import shortest
from agents.planners.simulation import played
from agents.planners.state_graph import Graph, state_graph
from agents.planners.value_iteration import _backwards, _follow, expected_returns, value_iteration

MOVING = "MiniGrid-Dynamic-Obstacles-5x5-v0"
register(
    id="MiniGrid-TestTiny-v0",
    entry_point=DynamicObstaclesEnv,
    kwargs={"size": 4, "n_obstacles": 1, "agent_start_pos": None},
)


@pytest.mark.parametrize(
    "kind",
    ["DoorKey-5x5-v0", "Fetch-5x5-N2-v0", "GoToDoor-5x5-v0", "LavaGapS5-v0", "MemoryS7-v0", "RedBlueDoors-6x6-v0"],
)
def test_where_success_alone_pays_it_is_the_shortest_way(kind: str) -> None:
    maze = layouts(f"MiniGrid-{kind}", "train")
    for index in range(3):
        plan, best = value_iteration(maze, index), shortest(maze, index)
        assert plan is not None
        assert best is not None
        assert plan.value == best.value
        assert len(plan.actions) == len(best.actions)


@pytest.mark.parametrize("kind", ["Decoy-6x6", "NoisyTV-8x8"])
def test_where_late_pays_as_much_as_early_it_takes_the_shortest_way(kind: str) -> None:
    maze = layouts(f"escapade/{kind}-v0", "train")
    for index in range(3):
        plan = value_iteration(maze, index)
        assert plan is not None
        assert plan.value == pytest.approx(1, abs=1e-12)
        assert played(maze, index, plan.actions)[0] == 1
        assert value_iteration(limited(maze, len(plan.actions)), index).value == pytest.approx(1, abs=1e-12)
        assert value_iteration(limited(maze, len(plan.actions) - 1), index).value < 1 - 1e-9


def test_where_there_is_no_way_or_no_time_the_value_is_zero() -> None:
    maze = layouts("MiniGrid-Empty-5x5-v0", "train")  # five steps from corner to corner
    cells = np.where(maze.cells & 15 == GOAL, OUTSIDE, maze.cells).astype(np.uint16)
    walled = replace(maze, worlds=maze.worlds._replace(cells=cells))
    assert expected_returns(walled, [0]) == [0]
    assert expected_returns(limited(maze, 4), [0]) == [0]
    assert expected_returns(limited(maze, 5), [0]) == pytest.approx(0.1, abs=1e-15)


def limited(maze: Layouts, steps: int) -> Layouts:
    """The same maze with another time limit T, in its reward too."""
    return replace(maze, rules=maze.rules._replace(limit=steps, horizon=steps))


def by_recursion(limit: int, agent: tuple[int, int], direction: int, ball: tuple[int, int]) -> float:
    """One obstacle in a room of 2×2 with the goal in its corner (2, 2), from MiniGrid's text."""
    cells = [*product((1, 2), (1, 2))]
    ways = ((1, 0), (0, 1), (-1, 0), (0, -1))

    @functools.cache
    def value(step: int, agent: tuple[int, int], direction: int, ball: tuple[int, int]) -> float:
        if step == limit:
            return 0.0
        ahead = (agent[0] + ways[direction][0], agent[1] + ways[direction][1])
        blocked = ahead not in cells or ahead == ball
        # The ball tries at most 101 times to hit a cell of the 3×3 around it that is free; all cells are in reach.
        free = [cell for cell in cells if cell not in (agent, ball, (2, 2))]
        stays = (1 - len(free) / 9) ** 101
        moves = [(ball, stays), *((cell, (1 - stays) / len(free)) for cell in free)]
        best = -np.inf
        for action in range(3):
            expected = 0.0
            for place, chance in moves:
                if action < 2:
                    expected += chance * value(step + 1, agent, (direction + 2 * action - 1) % 4, place)
                elif blocked:
                    expected -= chance
                elif ahead == (2, 2):
                    expected += chance * (1 - 0.9 * (step + 1) / limit)
                else:
                    expected += chance * value(step + 1, agent if place == ahead else ahead, direction, place)
            best = max(best, expected)
        return best

    return value(0, agent, direction, ball)


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 64])
def test_with_an_obstacle_it_is_what_plain_recursion_finds(limit: int) -> None:
    maze = limited(built("MiniGrid-TestTiny-v0", resets=100), limit)
    assert maze.rules.rule == OBSTACLES
    assert len(maze) >= 20
    solved = expected_returns(maze, np.arange(len(maze)))
    assert solved is not None
    expected = []
    for agent, task in zip(maze.worlds.agent.tolist(), maze.worlds.task.tolist(), strict=True):
        expected.append(by_recursion(limit, (agent[0], agent[1]), agent[2], divmod(task[1], 4)))
    np.testing.assert_allclose(solved, expected, atol=1e-12)
    assert len(np.unique(np.round(solved, 9))) > 1


def test_the_policy_earns_its_value_where_obstacles_move() -> None:
    one = layouts(MOVING, "train").rows([0] * 2000)
    generators = np.array([words(np.random.default_rng(seed)) for seed in range(len(one))])
    maze = replace(one, worlds=one.worlds._replace(random=generators))
    graph, _ = state_graph(maze, np.array([0]))
    assert graph is not None
    policy = np.empty((maze.limit, len(graph.keys)), dtype=np.int8)
    value = _backwards(graph, maze.limit, maze.actions, policy)[graph.roots[0]]
    returns = []
    for index in range(len(maze)):
        actions = _follow(maze.rules, maze.worlds.world(index), graph, policy)
        returns.append(played(maze, index, actions)[0])
    assert np.mean(returns) == pytest.approx(value, abs=4 * np.std(returns) / np.sqrt(len(returns)))
    assert value == value_iteration(maze, 7).value


def test_one_search_over_many_layouts_finds_what_many_do() -> None:
    maze = layouts(MOVING, "train")
    together = expected_returns(maze, np.arange(5))
    assert together is not None
    alone = [value_iteration(maze, index) for index in range(5)]
    np.testing.assert_allclose(together, [plan.value for plan in alone if plan is not None], rtol=1e-14)


def test_any_rewards_and_chances() -> None:
    """Random numbers of both signs, rewards that change with the time, against matrices."""
    states, actions, limit, random = 12, 3, 9, np.random.default_rng(0)
    chances = random.dirichlet(np.ones(states + 1), size=(states, actions))[..., :states]  # the rest ends the episode
    fixed, slope = random.normal(size=(states, actions)), random.normal(size=(states, actions))
    graph = Graph(
        np.arange(states * actions + 1) * states,
        np.tile(np.arange(states, dtype=np.int32), states * actions),
        chances.reshape(-1),
        fixed.reshape(-1),
        slope.reshape(-1),
        np.arange(states),
        np.full(32, -1, dtype=np.int32),
        np.zeros(1, dtype=np.int64),
    )
    policy = np.empty((limit, states), dtype=np.int8)
    solved = _backwards(graph, limit, actions, policy)
    ahead = np.zeros(states)
    for steps in range(limit, 0, -1):
        action_values = fixed + slope * steps + chances @ ahead
        np.testing.assert_array_equal(policy[steps - 1], action_values.argmax(axis=1))
        ahead = action_values.max(axis=1)
    np.testing.assert_allclose(solved, ahead, rtol=1e-12)


def test_too_many_states_are_given_up() -> None:
    maze = layouts("MiniGrid-Dynamic-Obstacles-8x8-v0", "train")
    assert value_iteration(maze, 0) is None
    assert expected_returns(maze, [0, 1]) is None
