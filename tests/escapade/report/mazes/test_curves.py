"""The picture of the learning curves: against steps, and against seconds of training all learners."""

import matplotlib.figure

from agents.training.results import Block, LearnerResult
from escapade.report.mazes.curves import plots
from escapade.report.mazes.figures import maze_figures

MAZE = "MiniGrid-X-v0"


def test_steps_and_seconds_stand_next_to_each_other(tmp_path, monkeypatch):
    """Three learners, 60 steps a second together: 200 steps each are 600 steps, which take ten seconds."""
    drawn = []
    kept = matplotlib.figure.Figure.savefig
    monkeypatch.setattr(
        matplotlib.figure.Figure, "savefig", lambda self, *a, **k: (drawn.append(self), kept(self, *a, **k))[1]
    )
    results = [LearnerResult(n, 0.5, 0, None, None, None, [(100, 0.0), (200, 0.5)]) for n in range(3)]
    figures = maze_figures([Block(MAZE, agent, 200, 10.0, 60.0, results) for agent in ("a", "b")], {MAZE: 0.9})
    paths = plots(figures, tmp_path)
    assert [path.name for path in paths] == ["curve-MiniGrid-X-v0.png", "curve-MiniGrid-X-v0.svg"]
    by_steps, by_seconds = drawn[0].axes
    assert [line.get_label() for line in by_steps.lines] == ["a", "b", "planner"]
    assert by_steps.lines[0].get_xydata().tolist() == [[100, 0], [200, 0.5]]
    assert by_seconds.lines[1].get_xydata().tolist() == [[5, 0], [10, 0.5]]


def test_without_evaluations_nothing_is_drawn(tmp_path):
    results = [LearnerResult(0, 0.5, 0, None, None, None, [])]
    assert plots(maze_figures([Block(MAZE, "a", 200, 10.0, 60.0, results)], {}), tmp_path) == []
