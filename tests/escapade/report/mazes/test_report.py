"""The report of the maze experiment on constructed results: verdict first, within the width, nothing left out."""

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from agents.training.results import Block, LearnerResult
from escapade.report.mazes.figures import maze_figures
from escapade.report.mazes.report import show

MAZE = "MiniGrid-DoorKey-8x8-v0"


def block(agent, returns, maze=MAZE):
    results = [
        LearnerResult(n, value, float(value > 0.5), value, float(value > 0.5), 100, [(10, 0.0), (20, value)], [[0, 3]])
        for n, value in enumerate(returns)
    ]
    return Block(maze, agent, 150_000, 12.0, 4000.0, results)


def report(mazes, width=80, **options):
    text = io.StringIO()
    show(Console(file=text, width=width), mazes, **options)
    return text.getvalue()


def experiment(optimum=0.97, mazes=(MAZE, "MiniGrid-FourRooms-v0", "escapade/Decoy-8x8-v0")):
    agents = {
        "epsilon-greedy": [0, 0.1] * 5,
        "count:beta=0.1,by=state": [0.9, 0.8] * 5,
        "rnd": [0.7] * 10,
        "icm": [0.0] * 10,
    }
    blocks = [block(agent, returns, maze) for maze in mazes for agent, returns in agents.items()]
    return maze_figures(blocks, dict.fromkeys(mazes, optimum))


@pytest.mark.parametrize("width", [80, 160])
@pytest.mark.parametrize("details", [False, True])
def test_the_report_keeps_within_the_width_and_cuts_nothing(width, details):
    text = report(experiment(), width, details=details)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    assert "\x1b" not in text


@pytest.mark.parametrize("seconds", [1, 100, 12_345])
@pytest.mark.parametrize("worst", [0.0, -12.5])
def test_long_figures_are_not_cut_at_eighty_columns(seconds, worst):
    mazes = maze_figures([block("epsilon-greedy", [worst] * 10), block("count", [0.9] * 10)], {MAZE: 0.97})
    for agent in mazes[0]["agents"]:
        agent["cost"] = {name: {"steps": 102_500.0, "seconds": seconds} for name in ("half", "most")}
    text = report(mazes)
    assert max(map(len, text.splitlines())) <= 80
    table = text[text.index("\n maze") : text.index("return: interq")]
    assert table.count("102k") == len(re.findall(rf"\b{seconds:,}s\b", table)) == 4
    assert " 90 %" in table
    assert f"{mazes[0]['agents'][1]['return']['ci'][1]:.2f}]" in table


def test_the_verdict_comes_first_and_the_report_fits_two_screens():
    lines = report(experiment(mazes=(MAZE,)), 80).splitlines()
    assert lines[0].startswith(f"{MAZE}: count:beta=0.1,by=state solved it with 10 of 10 ")
    assert len(lines) <= 40  # the other screen is the bandits'


def test_there_is_one_table_and_one_curve_and_more_with_details():
    text, detailed = report(experiment()), report(experiment(), details=True)
    assert text.count("held out:") == detailed.count("held out:") == 1
    assert text.count("return on training layouts, interquartile mean") == 1
    assert detailed.count("return on training layouts, interquartile mean") == 3
    for only_details in ("visits per cell", "a share of the planner's:", "is a trap. Local optimum", "with evaluation"):
        assert only_details not in text
        assert only_details in detailed


@pytest.mark.parametrize(("optimum", "shown"), [(0.97, True), (None, False), (0.0, False), (-1.0, False)])
def test_a_score_is_shown_where_the_planner_earns_something(optimum, shown):
    mazes = maze_figures([block("count", [0.0, 0.97])], {MAZE: optimum})
    flat = " ".join(report(mazes, details=True).split())
    assert ("a share of the planner's: count 0.50." in flat) == shown


def test_one_learner_has_no_interval_in_the_table():
    text = report(maze_figures([block("count", [0.9])], {MAZE: 0.97}))
    (row,) = [line for line in text.splitlines() if line.startswith("   count")]
    assert row.split()[1:3] == ["0.90", "0.90"]  # return, held out
    assert "nan" not in text


@pytest.mark.parametrize(("optimum", "learners", "warned"), [(None, 5, True), (0.97, 5, False), (None, 13, False)])
def test_intervals_that_count_on_what_was_seen_are_named(optimum, learners, warned):
    text = " ".join(report(maze_figures([block("count", [0.5] * learners)], {MAZE: optimum})).split())
    assert ("the highest possible return is not known" in text) == warned


def test_planners_are_beside_the_agents_with_their_budget_and_why_one_has_no_plan():
    (maze,) = experiment(mazes=(MAZE,))
    one = {"maze": MAZE, "budget": 150_000, "layouts": 20, "simulated": 9.0, "seconds": 0.1, "problem": None}
    maze["planners"] = [
        {**one, "method": "tree-search", "return": 0.0461},
        {**one, "method": "breadth-first", "return": None, "problem": "breadth-first does not suit it"},
        {**one, "method": "value-iteration", "return": 0.97},
    ]
    text = " ".join(report([maze]).split())
    assert "planner 0.97 tree-search 0.05 never never breadth-first none value-iteration 0.97 " in text
    assert "value-iteration 0.97 9 0.1s 9 0.1s epsilon-greedy" in text
    assert "mean return over 20 training layouts" in text
    assert "for each layout 150,000 simulated steps" in text
    assert "No plan: breadth-first does not suit it" in text
    assert "simulated steps" not in report(experiment())


def test_a_return_that_falls_on_held_out_layouts_is_in_the_verdict():
    """Where the intervals do not overlap; in the other experiments here both returns are the same."""
    learned = block("count", [0.9, 0.92] * 5)
    worse = Block(MAZE, "rnd", 150_000, 12.0, 4000.0, [replace(r, held_out_return=0.1) for r in learned.results])
    (maze,) = maze_figures([learned, worse], {MAZE: 0.97})
    said = " ".join(report([maze]).split())
    assert re.search(r"On held-out layouts the return of rnd is 0\.10 \[.*?\], on training layouts 0\.91 \[", said)
    assert "the return of count is" not in said
    assert "On held-out layouts" not in report(experiment())


def test_no_mazes_no_report():
    assert report([]) == ""
