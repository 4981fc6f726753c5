"""The figures of the maze experiment on constructed results: values, comparisons, intervals where there can be some."""

import numpy as np
import pytest

from agents.training.results import Block, LearnerResult
from escapade.report.mazes.figures import maze_figures

MAZE = "MiniGrid-DoorKey-8x8-v0"


def block(agent, returns, first=100, maze=MAZE):
    results = [
        LearnerResult(
            n, value, float(value > 0.5), value, float(value > 0.5), first if value > 0.5 else None, [(10, value)]
        )
        for n, value in enumerate(returns)
    ]
    return Block(maze, agent, 150_000, 12.0, 4000.0, results)


def test_figures_have_the_promised_keys_and_values():
    (maze,) = maze_figures([block("count", [0.0, 0.8, 0.9, 0.9])], {MAZE: 0.97})
    assert maze["id"] == MAZE
    assert maze["optimum"] == 0.97
    assert maze["return_limits"] == (0.0, 0.97)
    (agent,) = maze["agents"]
    assert agent["return"]["iqm"] == pytest.approx(0.85)
    assert (agent["success"]["solved"], agent["success"]["rate"]) == (3, 0.75)
    assert agent["score"] == pytest.approx(0.85 / 0.97)
    assert agent["stuck"] == 1
    assert agent["first_reward_steps"] == [None, 100, 100, 100]
    assert agent["curve"][0][:2] == [10, pytest.approx(0.85)]
    assert {"return", "success"} <= agent["held_out"].keys()


def test_the_profile_shows_some_solving_apart_from_all_halfway():
    """Scores are shares of the planner's 0.8: two learners at all of it, two at none."""
    (maze,) = maze_figures([block("count", [0.0, 0.8, 0.0, 0.8])], {MAZE: 0.8})
    profile = maze["agents"][0]["profile"]
    assert [row[:2] for row in profile] == [(tenth / 10, 0.5) for tenth in range(10)]
    assert all(row[2:] == pytest.approx([0.15, 0.85], abs=0.005) for row in profile)  # Wilson's, 2 of 4
    (maze,) = maze_figures([block("count", [0.0, 0.4, 0.6, 0.8])], {MAZE: 0.8})
    assert [row[1] for row in maze["agents"][0]["profile"]] == [0.75] * 5 + [0.5] * 3 + [0.25] * 2


def test_where_no_planner_knows_the_most_there_is_no_profile():
    (maze,) = maze_figures([block("count", [0.0, 0.8])], {})
    assert maze["agents"][0]["profile"] == []


def test_ten_of_ten_at_zero_leave_room_for_others():
    """With a planner's return of .9: up to 30.8 % of learners may solve the maze, an IQM of .9 · 2 · (.308 − .25)."""
    (maze,) = maze_figures([block("epsilon-greedy", [0.0] * 10)], {MAZE: 0.9})
    low, high = maze["agents"][0]["return"]["ci"]
    assert (low, high) == (0.0, pytest.approx(0.9 * 0.117, abs=0.03))
    assert maze["agents"][0]["curve"][0][2:] == [low, high]
    # Where nothing but zeros is known, returns may go up to 1.
    (maze,) = maze_figures([block("epsilon-greedy", [0.0] * 10)], {})
    assert maze["return_limits"] == (0.0, 1.0)


def test_negative_returns_lie_within_their_limits():
    (maze,) = maze_figures([block("count", [-2.0, -1.0, -1.5])], {MAZE: -0.5})
    low, high = maze["agents"][0]["return"]["ci"]
    assert maze["return_limits"] == (-2.0, -0.5) or maze["return_limits"] == (-2.0, -1.0)
    assert -2 <= low < -1.5 < high <= 0


def test_one_learner_has_figures_without_intervals():
    (maze,) = maze_figures([block("epsilon-greedy", [0.0]), block("count", [0.9])], {})
    base, other = maze["agents"]
    assert base["return"] == {"iqm": 0.0, "ci": None}
    assert base["curve"] == [[10, 0.0, None, None]]
    assert base["held_out"]["ci"] is None
    assert other["improvement"]["ci"] is None
    assert other["improvement"]["seeds_needed"] is None
    assert not other["improvement"]["significant"]


def test_p_values_of_a_maze_are_corrected_for_being_several():
    """Three agents that beat the baseline's five learners each: p = 2/252 each, three times that by Holm."""
    agents = [block("epsilon-greedy", [0.0] * 5), *(block(name, [0.9] * 5) for name in "abc")]
    (maze,) = maze_figures(agents, {})
    for agent in maze["agents"][1:]:
        assert agent["improvement"]["p_value"] == pytest.approx(2 / 252)
        assert agent["improvement"]["p_value_holm"] == pytest.approx(6 / 252)
        assert agent["improvement"]["significant"]
        assert agent["improvement"]["learners_to_claim"] == 5  # 6/70 with four


@pytest.mark.slow
@pytest.mark.parametrize("learners", [3, 5, 10])
def test_agents_that_are_the_same_seldom_differ(learners):
    """Three agents like the baseline, near 0 or near 1: in one experiment of twenty one of them may seem to differ."""
    random, experiments, claims = np.random.default_rng(0), 80, 0
    for _ in range(experiments):
        agents = [
            block(str(name), np.where(random.random(learners) < 0.5, 0.95, 0.0) + 0.02 * random.random(learners))
            for name in range(4)
        ]
        (maze,) = maze_figures(agents, {MAZE: 0.97})
        claims += any(agent["improvement"]["significant"] for agent in maze["agents"][1:])
    assert claims / experiments <= 0.05 + 2 * (0.05 * 0.95 / experiments) ** 0.5
