"""The planners of an experiment: their figures are those of the planners, kept, and in the reward of the maze."""

import numpy as np
import pytest

from agents import planners
from agents.planners import plan as plan_of
from escapade.runs.plan import Plan
from escapade.runs.planners import LAYOUTS, checked_planners, kept_planners, run_planners
from escapade.runs.store import Store
from explore.errors import BadInput

MAZE = "MiniGrid-DoorKey-5x5-v0"
METHODS = ("breadth-first", "tree-search", "annealing", "random")


def planned(*mazes, methods=METHODS, steps=2_000, seed=3):
    return Plan(mazes, ("count",), 2, steps, seed, planners=methods)


@pytest.mark.slow
def test_a_planner_has_for_each_layout_the_steps_of_a_learner():
    figures = run_planners(planned(MAZE), Store(None))
    assert [each["method"] for each in figures] == list(METHODS)
    for each in figures:
        plans = [plan_of(MAZE, i, method=each["method"], budget=2_000, seed=3) for i in range(LAYOUTS)]
        assert each["return"] == pytest.approx(np.mean([one.value for one in plans]))
        assert each["simulated"] == pytest.approx(np.mean([one.simulated for one in plans]))
        assert each["budget"] == 2_000
    assert max(figures, key=lambda each: each["return"])["method"] == "breadth-first"


def test_returns_are_in_the_reward_of_the_maze():
    plain, scaled = (run_planners(planned(f"{MAZE}{s}"), Store(None)) for s in ("", ":reward_scale=10"))
    assert [each["return"] for each in scaled] == pytest.approx([10 * each["return"] for each in plain])


def test_a_maze_with_few_layouts_has_a_plan_for_each():
    (figures,) = run_planners(planned(f"{MAZE}:train_layouts=3", methods=("breadth-first",)), Store(None))
    assert figures["layouts"] == 3
    assert figures["return"] == pytest.approx(planners.optimum(f"{MAZE}:train_layouts=3"))


def test_a_method_that_does_not_suit_a_maze_says_so_and_the_others_plan():
    figures = run_planners(planned("escapade/Decoy-6x6-v0", methods=("breadth-first", "random")), Store(None))
    assert figures[0]["return"] is None
    assert "use value-iteration" in figures[0]["problem"]
    assert figures[1]["problem"] is None
    assert 0 < figures[1]["return"] < 1


def test_what_is_kept_is_not_planned_again(tmp_path, monkeypatch):
    store = Store(tmp_path)
    first = run_planners(planned(MAZE), store)
    store.close()
    again = Store(tmp_path)
    assert kept_planners(again) == first
    monkeypatch.setattr(planners, "plan", lambda *_, **__: pytest.fail("planned again"))
    assert run_planners(planned(MAZE), again) == first
    monkeypatch.undo()
    more = run_planners(planned(MAZE, steps=3_000), again)
    assert more[: len(first)] == first
    assert {each["budget"] for each in more[len(first) :]} == {3_000}
    again.close()


def test_unknown_methods_and_what_cannot_be_planned_in_are_refused():
    assert checked_planners(["random", "random"], [MAZE]) == ("random",)
    assert checked_planners([], ["CartPole-v1"]) == ()
    with pytest.raises(BadInput, match="unknown planner 'tree'"):
        checked_planners(["tree"], [MAZE])
    with pytest.raises(BadInput, match="is not a MiniGrid maze"):
        checked_planners(["random"], ["CartPole-v1"])
