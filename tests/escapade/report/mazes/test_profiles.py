"""The picture of performance profiles has the lines of the figures."""

import matplotlib.figure

from agents.training.results import Block, LearnerResult
from escapade.report.mazes.figures import maze_figures
from escapade.report.mazes.profiles import plots

MAZE = "MiniGrid-X-v0"


def figures(optimum):
    results = [LearnerResult(n, value, 0, value, 0, None, []) for n, value in enumerate([0.0, 0.4, 0.8, 0.8])]
    return maze_figures([Block(MAZE, agent, 10, 1.0, 1.0, results) for agent in ("a", "b")], {MAZE: optimum})


def test_every_agent_has_its_line_and_its_band(tmp_path, monkeypatch):
    drawn = []
    kept = matplotlib.figure.Figure.savefig
    monkeypatch.setattr(
        matplotlib.figure.Figure, "savefig", lambda self, *a, **k: (drawn.append(self), kept(self, *a, **k))[1]
    )
    paths = plots(figures(0.8), tmp_path / "new")
    assert [path.name for path in paths] == ["profile-MiniGrid-X-v0.png", "profile-MiniGrid-X-v0.svg"]
    assert all(path.stat().st_size > 1000 for path in paths)
    (axes,) = drawn[0].axes
    assert [line.get_label() for line in axes.lines] == ["a", "b"]
    # Scores 0, ½, 1, 1: three above the thresholds below ½, two above those from ½ on.
    assert axes.lines[0].get_ydata().tolist() == [0.75] * 5 + [0.5] * 5
    assert len(axes.collections) == 2


def test_without_scores_nothing_is_drawn(tmp_path):
    mazes = figures(None)
    assert plots(mazes, tmp_path) == []
    for agent in mazes[0]["agents"]:
        del agent["profile"]  # as in the results of an older version
    assert plots(mazes, tmp_path) == []
