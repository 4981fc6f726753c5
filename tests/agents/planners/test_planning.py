"""`plan`: which method it takes, what it refuses; and the optimum of a maze."""

from dataclasses import replace

import numpy as np
import pytest

from agents.mazes.engine.pcg import words
from agents.mazes.layouts.named_sets import layouts
from agents.planners import METHODS, optimum, plan, shortest
from agents.planners.annealing import _accepts
from agents.planners.value_iteration import value_iteration
from explore.errors import BadInput

STILL, MOVING, MANY = (
    "MiniGrid-DoorKey-5x5-v0",
    "MiniGrid-Dynamic-Obstacles-5x5-v0",
    "MiniGrid-Dynamic-Obstacles-8x8-v0",
)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_reports_its_cost(method: str) -> None:
    best_plan = plan(STILL, 2, method=method, budget=3000, seed=1)
    assert best_plan.method == (method if method != "auto" else "breadth-first")
    assert best_plan.exact == (best_plan.method in ("breadth-first", "value-iteration"))
    assert 0 < best_plan.simulated < 10_000
    assert best_plan.seconds > 0
    best = shortest(layouts(STILL, "train"), 2)
    assert best is not None
    assert best_plan.value <= best.value
    assert (best_plan.value == best.value) == (
        best_plan.exact or method == "rough"
    )  # too small a maze to miss the shortest


def test_auto_takes_the_exact_method_that_suits_and_searches_where_none_does() -> None:
    assert plan(MOVING).method == "value-iteration"
    best_plan = plan(MANY, budget=2000)
    assert (best_plan.method, best_plan.exact) == ("tree-search", False)
    assert best_plan.simulated <= 2000


def test_a_set_of_layouts_may_be_given() -> None:
    held_out = layouts(STILL, "held-out")
    np.testing.assert_array_equal(plan(held_out, 3).actions, shortest(held_out, 3).actions)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"method": "tree_search"}, "unknown planner 'tree_search': did you mean 'tree-search'?"),
        ({"index": 100}, "layout 100 of MiniGrid-DoorKey-5x5-v0: there are 39, counted from 0"),
        ({"index": -1}, "layout -1 of"),
        ({"maze": layouts(STILL, "train").rows(slice(0, 0))}, "there are 0"),
        ({"maze": "MiniGrid-DoorKey-5x6-v0"}, "unknown maze 'MiniGrid-DoorKey-5x6-v0': did you mean"),
        ({"budget": 0}, "a budget of 0 simulated steps: at least 1 is needed"),
        ({"seed": -1}, "seed -1"),
        ({"maze": MOVING, "method": "breadth-first"}, "use value-iteration"),
        ({"maze": MANY, "method": "value-iteration"}, "too many states; use tree-search"),
        ({"maze": replace(layouts(STILL, "train"), why_not="Own has a step of its own")}, "runs on real MiniGrid: Own"),
    ],
)
def test_bad_input(change: dict[str, object], message: str) -> None:
    with pytest.raises(BadInput) as refused:
        plan(**{"maze": STILL, **change})
    assert message in str(refused.value)


def test_the_optimum_by_hand() -> None:
    # From one corner to the other: two forward, a turn, two forward; T = 100.
    assert optimum("MiniGrid-Empty-5x5-v0") == pytest.approx(1 - 0.9 * 5 / 100, abs=1e-15)


def test_the_optimum_where_obstacles_move_is_the_mean_expectation() -> None:
    maze = layouts(MOVING, "train")
    alone = [value_iteration(maze, index) for index in range(4)]
    assert optimum(MOVING, sample=4) == pytest.approx(np.mean([each.value for each in alone]), rel=1e-14)


def test_no_optimum_is_claimed_where_there_are_too_many_states() -> None:
    assert optimum(MANY) is None


@pytest.mark.parametrize(
    ("change", "temperature"), [(0.0, 0.1), (0.3, 0.01), (-0.05, 0.1), (-0.1, 0.1), (-0.002, 0.001)]
)
def test_annealing_takes_a_worse_sequence_as_often_as_the_temperature_says(change: float, temperature: float) -> None:
    random, tried = words(np.random.default_rng(0)), 4000
    taken = sum(_accepts(change, temperature, random) for _ in range(tried)) / tried
    chance = min(1.0, np.exp(change / temperature))
    assert taken == pytest.approx(chance, abs=4 * np.sqrt(chance * (1 - chance) / tried))
