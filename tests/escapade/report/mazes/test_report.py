"""The report of act 2 on constructed results: honest in every direction, and within the width."""

import io

import pytest
from rich.console import Console

from agents.training.results import Block, LearnerResult
from escapade.report.mazes.report import maze_figures, sentence, show


def block(agent, returns, first=100):
    results = [
        LearnerResult(
            n, value, float(value > 0.5), value, float(value > 0.5), first if value > 0.5 else None, [(10, value)]
        )
        for n, value in enumerate(returns)
    ]
    return Block("MiniGrid-DoorKey-8x8-v0", agent, 150_000, 12.0, 4000.0, results)


def said(base, other):
    (maze,) = maze_figures([block("epsilon-greedy", base), block("count", other)], {})
    return sentence(maze)


def test_a_clear_win_is_claimed_with_its_interval():
    text = said([0, 0.01, 0.02, 0, 0.03], [0.9, 0.95, 0.91, 0.93, 0.94])
    assert "count did better than epsilon-greedy" in text
    assert "1.00 [1.00, 1.00]" in text
    assert "5 of 5 epsilon-greedy learners stayed stuck" in text


def test_a_clear_loss_is_said_too():
    assert "count did worse than epsilon-greedy" in said([0.9, 0.95, 0.91, 0.93], [0, 0.01, 0.02, 0])


def test_no_difference_is_no_claim():
    assert "cannot be told from" in said([0.1, 0.9, 0.2, 0.8], [0.15, 0.85, 0.95, 0.05])


def with_curve(agent, curves):
    results = [
        LearnerResult(n, 0.96, 1.0, 0.96, 1.0, 100, list(zip([10, 20, 30], curve, strict=True)))
        for n, curve in enumerate(curves)
    ]
    return Block("MiniGrid-DoorKey-5x5-v0", agent, 30, 12.0, 4000.0, results)


@pytest.mark.parametrize(
    ("slow", "fast", "claim"),
    [("epsilon-greedy", "count", "it learned sooner"), ("count", "epsilon-greedy", "it learned later")],
)
def test_equal_ends_are_told_apart_by_the_curves(slow, fast, claim):
    curves = {slow: [[0, 0, 0.96], [0, 0.03, 0.96]], fast: [[0.3, 0.96, 0.96], [0.6, 0.96, 0.96]]}
    (maze,) = maze_figures([with_curve(name, curves[name]) for name in ("epsilon-greedy", "count")], {})
    assert claim in sentence(maze)
    # the mean of each curve, worked by hand, and the mean of the two learners
    means = {agent["spec"]: agent["curve_mean"]["iqm"] for agent in maze["agents"]}
    assert means == pytest.approx({slow: (0.96 + 0.99) / 6, fast: (2.22 + 2.52) / 6})


def test_equal_curves_are_no_claim():
    curves = [[0, 0.5, 0.96], [0, 0.6, 0.96]]
    (maze,) = maze_figures([with_curve("epsilon-greedy", curves), with_curve("count", curves)], {})
    assert "learned" not in sentence(maze)


def test_one_learner_is_no_evidence():
    assert "one learner cannot tell" in said([0.0], [0.9])


def test_the_profile_tells_some_solving_from_all_halfway():
    """Scores are shares of the planner's 0.8: two learners at all of it, two at none."""
    (maze,) = maze_figures([block("count", [0.0, 0.8, 0.0, 0.8])], {"MiniGrid-DoorKey-8x8-v0": 0.8})
    profile = maze["agents"][0]["profile"]
    assert [row[:2] for row in profile] == [[tenth / 10, 0.5] for tenth in range(10)]
    assert all(row[2:] == pytest.approx([0.15, 0.85], abs=0.005) for row in profile)  # Wilson's, 2 of 4
    (maze,) = maze_figures([block("count", [0.0, 0.4, 0.6, 0.8])], {"MiniGrid-DoorKey-8x8-v0": 0.8})
    assert [row[1] for row in maze["agents"][0]["profile"]] == [0.75] * 5 + [0.5] * 3 + [0.25] * 2


def test_where_no_planner_knows_the_most_there_is_no_profile():
    (maze,) = maze_figures([block("count", [0.0, 0.8])], {})
    assert maze["agents"][0]["profile"] == []


def test_figures_have_the_promised_keys_and_values():
    (maze,) = maze_figures([block("count", [0.0, 0.8, 0.9, 0.9])], {"MiniGrid-DoorKey-8x8-v0": 0.97})
    assert maze["id"] == "MiniGrid-DoorKey-8x8-v0"
    assert maze["optimum"] == 0.97
    (agent,) = maze["agents"]
    assert agent["return"]["iqm"] == pytest.approx(0.85)
    assert agent["success"]["rate"] == 0.75
    assert agent["score"] == pytest.approx(0.85 / 0.97)
    assert agent["stuck"] == 1
    assert agent["first_reward_steps"] == [None, 100, 100, 100]
    assert agent["curve"][0][:2] == [10, pytest.approx(0.85)]
    assert {"return", "success"} <= agent["held_out"].keys()


@pytest.mark.parametrize(("optimum", "shown"), [(0.97, True), (None, False), (0.0, False), (-1.0, False)])
def test_a_score_is_shown_where_the_planner_earns_something(optimum, shown):
    (maze,) = maze_figures([block("count", [0.0, 0.97])], {"MiniGrid-DoorKey-8x8-v0": optimum})
    text = io.StringIO()
    show(Console(file=text, width=80), maze)
    assert ("a share of the planner's: count 0.50." in " ".join(text.getvalue().split())) == shown


@pytest.mark.parametrize("width", [80, 160])
def test_the_table_keeps_within_the_width_and_hides_nothing(width):
    (maze,) = maze_figures([block("epsilon-greedy", [0, 0.1]), block("count", [0.9, 0.8])], {})
    text = io.StringIO()
    show(Console(file=text, width=width), maze)
    lines = text.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert "…" not in text.getvalue()
    assert "\x1b" not in text.getvalue()
