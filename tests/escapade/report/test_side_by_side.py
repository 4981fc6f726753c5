"""Folders side by side: an agent is compared with itself, and a difference is claimed where it is significant."""

import io

from rich.console import Console

from agents.training.results import Block, LearnerResult
from escapade.report.mazes.figures import maze_figures
from escapade.report.results import Results
from escapade.report.side_by_side import comparisons, show

MAZE = "MiniGrid-DoorKey-8x8-v0"


def results(name, **agents):
    blocks = [
        Block(MAZE, agent, 30, 12.0, 400.0, [LearnerResult(n, v, v, v, v, 1, [(30, v)]) for n, v in enumerate(returns)])
        for agent, returns in agents.items()
    ]
    return Results(name, None, maze_figures(blocks, {MAZE: 1.0}), [])


OLD = results("old", greedy=[0.0, 0.1, 0.0, 0.1], count=[0.1, 0.2, 0.1, 0.2])
NEW = results("new", count=[0.8, 0.9, 0.8, 0.9], greedy=[0.0, 0.1, 0.0, 0.1], rnd=[1.0] * 4)


def text(*everyone, width=80):
    file = io.StringIO()
    show(Console(file=file, width=width, highlight=False, markup=False), everyone)
    return file.getvalue()


def test_agents_that_both_have_are_compared():
    """All 16 pairs of count are won, p = 2/70, doubled by Holm: .057 is not enough with two comparisons."""
    count, greedy = comparisons([OLD, NEW])
    assert (count["agent"], count["probability"]) == ("count", 1.0)
    assert abs(count["p_value_holm"] - 4 / 70) < 1e-12
    assert not count["significant"]
    assert (greedy["agent"], greedy["probability"], greedy["p_value_holm"]) == ("greedy", 0.5, 1.0)


def test_one_comparison_needs_no_correction():
    shown = text(results("old", count=[0.1, 0.2, 0.1, 0.2]), results("new", count=[0.8, 0.9, 0.8, 0.9]))
    assert f"Against (A) old: in (B) new, count did better in {MAZE}." in " ".join(shown.split())
    assert "1.00*" in shown


def test_the_table_has_a_line_per_agent_and_folder_within_the_width():
    shown = text(OLD, NEW)
    assert "No agent differs significantly from the same agent in (A) old." in " ".join(shown.split())
    assert max(map(len, shown.splitlines())) <= 80
    assert "…" not in shown
    lines = [line.split() for line in shown.splitlines()]
    assert [line[1] for line in lines if line[:1] == ["count"]] == ["A"]
    assert [line[1] for line in lines if line[:1] == ["rnd"]] == ["B"]


def test_nothing_in_common_is_said():
    assert "no agent and maze in common" in text(results("a", x=[0.0] * 4), results("b", y=[0.0] * 4))
