"""The report of a trap on constructed results: the true goal apart from the return."""

import io

import pytest
from rich.console import Console

from agents.training.results import Block, LearnerResult
from escapade.report.mazes.figures import maze_figures
from escapade.report.mazes.report import show
from escapade.report.mazes.verdict import sentence

RACE = "escapade/BoatRace-8x8-v0"


def block(agent, returns, success, maze=RACE):
    results = [
        LearnerResult(n, value, share, None, None, 8, [(10, value)])
        for n, (value, share) in enumerate(zip(returns, success, strict=True))
    ]
    return Block(maze, agent, 1000, 1.0, 1000.0, results)


def test_agents_are_compared_by_the_goal_and_not_by_the_return():
    """Who circles earns eight times as much as who finishes, and did worse."""
    circling, finishing = (
        block("epsilon-greedy", [8.0, 8.1, 8.2, 8.3], [0.0] * 4),
        block("count", [1.0] * 4, [0.9, 1.0, 0.8, 0.9]),
    )
    (maze,) = maze_figures([circling, finishing], {})
    assert "count reached the true goal with 4 of 4 learners and did better than epsilon-greedy" in sentence(maze)
    assert "epsilon-greedy reached the true goal with 0 of 4 learners" in sentence(maze)
    (maze,) = maze_figures([finishing, circling], {})
    assert "epsilon-greedy reached the true goal with 0 of 4 learners and did worse than count" in sentence(maze)


def test_a_trap_shows_its_true_goal_apart_from_the_return():
    """All circle in the boat race but one, who finishes and earns less; the scores are multiplied as the reward is."""
    results = [
        LearnerResult(
            n, 85.0 - 75 * finishes, float(finishes), None, None, 8, [], first_success_step=900 if finishes else None
        )
        for n, finishes in enumerate([False, False, False, True])
    ]
    name = "escapade/BoatRace-8x8-v0:reward_scale=10"
    (maze,) = maze_figures([Block(name, "count", 1000, 1.0, 1000.0, results)], {name: 85.0})
    assert maze["trap"]["local_score"] == pytest.approx(85.0)
    assert maze["trap"]["global_score"] == pytest.approx(10 * (1 - 0.9 * 5 / 256))
    (agent,) = maze["agents"]
    assert agent["return"]["iqm"] == pytest.approx(85.0)
    assert agent["goal"]["iqm"] == 0.0
    assert agent["stuck"] == 3
    assert agent["first_success_steps"] == [None, None, None, 900]
    assert agent["median_first_reward"] == 8
    assert agent["median_first_success"] is None
    text = io.StringIO()
    show(Console(file=text, width=80, no_color=True), [maze], details=True)
    lines = text.getvalue().splitlines()
    assert all(len(line) <= 80 for line in lines)
    flat = " ".join(text.getvalue().split())
    assert "planner 85.00" in flat
    assert "circle around the pillar from item to item, 85.00; global optimum: finish at once, 9.82." in flat
    assert "Its true goal is the finish, the green goal: count in 0% [0%, 100%] of episodes." in flat


def test_a_maze_that_is_no_trap_has_no_optima_to_show():
    (maze,) = maze_figures([block("count", [0.9], [1.0], "MiniGrid-DoorKey-8x8-v0")], {})
    assert maze["trap"] is None
    text = io.StringIO()
    show(Console(file=text, width=80), [maze], details=True)
    assert "is a trap" not in text.getvalue()
