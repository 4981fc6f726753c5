"""Maps of visits: the shades mean what the legend says, in every width, with and without colour, and as a picture."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from agents.training.results import Block, LearnerResult
from escapade.report.mazes.figures import maze_figures
from escapade.report.mazes.visits import SHADES, level, plots, show

WALLS = ["####", "#..#", "####"]


def figures(*visits, agents=("epsilon-greedy", "count:beta=0.1,by=state")):
    """One maze; per agent the counts of its learners."""
    blocks = [
        Block(
            "MiniGrid-X-v0",
            agent,
            10,
            1.0,
            1.0,
            [LearnerResult(n, 0, 0, 0, 0, None, [], v) for n, v in enumerate(each)],
        )
        for agent, each in zip(agents, visits, strict=False)
    ]
    return maze_figures(blocks, {}, {"MiniGrid-X-v0": WALLS})


def text_of(maze, width=80, **options) -> str:
    text = io.StringIO()
    show(Console(file=text, width=width, **options), maze)
    return text.getvalue()


ONE = [[0, 0, 0], [0, 1000, 0], [0, 0, 0], [0, 0, 0]]
OTHER = [[0, 0, 0], [0, 6, 0], [0, 2, 0], [0, 0, 0]]


def test_learners_are_added_and_shades_are_per_learner() -> None:
    (maze,) = figures([ONE, ONE], [OTHER, OTHER])
    assert maze["agents"][0]["visits"] == (2 * np.array(ONE)).tolist()
    _, caption, _, top, middle, bottom, *_ = text_of(maze).splitlines()
    assert caption.split() == ["epsilon-greedy", "count:beta=0.1,b"]  # and the rest below it
    # The second row: 1000 visits and a cell that was never stepped to; 6 (up to 2·500¼ = 9.5) and 2, the least.
    assert middle.split() == ["██·", "░░░░"]
    assert top.strip() == bottom.strip() == ""
    assert "██ up to 1,000" in " ".join(text_of(maze).split())
    assert all(f"up to {bound}" in " ".join(text_of(maze).split()) for bound in (9, 45, 211))


@given(least=st.floats(0.1, 1e3), times=st.floats(1.01, 1e5), share=st.floats(0, 1))
def test_levels_rise_from_the_least_visits_to_the_most(least: float, times: float, share: float) -> None:
    most = least * times
    assert level(0, least, most) == 0
    assert level(least, least, most) == 1
    assert level(most, least, most) == len(SHADES)
    visits = least + share * (most - least)
    shade = level(visits, least, most)
    assert 1 <= shade <= len(SHADES)
    assert visits <= least * times ** (shade / 4) * (1 + 1e-6)
    assert level((visits + least) / 2, least, most) <= shade


def test_where_all_cells_were_visited_alike_all_are_dark() -> None:
    assert level(7, 7, 7) == len(SHADES)


@pytest.mark.parametrize(("width", "across"), [(80, 1), (80, 25), (60, 50), (80, 52)])
@pytest.mark.parametrize("colour", [None, "truecolor"])
def test_a_map_fits_with_and_without_colour(width: int, across: int, colour: str | None) -> None:
    """Whatever the colour, the letters say the same."""
    counts = np.arange(across * 4).reshape(across, 4).tolist()
    (maze,) = figures([counts], [counts])
    shown = text_of({**maze, "walls": []}, width, color_system=colour, force_terminal=colour is not None)
    assert ("\x1b[" in shown) == (colour is not None)
    letters = Text.from_ansi(shown).plain
    assert max(map(len, letters.splitlines())) <= width
    assert [line.rstrip() for line in letters.splitlines()] == [
        line.rstrip() for line in text_of({**maze, "walls": []}, width).splitlines()
    ]
    assert all(shade in letters for shade in SHADES[-2:])


def test_results_without_counts_show_nothing() -> None:
    """Such as those of an older version."""
    (maze,) = figures([[], []])
    assert maze["agents"][0]["visits"] == []
    assert text_of(maze) == ""
    del maze["agents"][0]["visits"], maze["walls"]
    assert text_of(maze) == ""
    (half,) = figures([ONE, []])
    assert half["agents"][0]["visits"] == []


def test_the_picture_shows_the_counts(tmp_path) -> None:
    """The brightest cell is where the agent was most."""
    from matplotlib.image import imread

    counts = np.ones((8, 8), dtype=int)
    counts[6, 1] = 10_000
    (maze,) = figures([counts.tolist()])
    path, vectors = plots([{**maze, "walls": []}], tmp_path / "new")
    assert (path.name, vectors.name) == ("visits-MiniGrid-X-v0.png", "visits-MiniGrid-X-v0.svg")
    picture = imread(path)[..., :3]
    yellow = np.abs(picture - np.array([0xFD, 0xE7, 0x25]) / 255).max(-1) < 0.02  # the end of viridis
    rows, columns = np.nonzero(yellow[:, : picture.shape[1] * 82 // 100])  # without the scale
    dark = np.abs(picture - np.array([0x44, 0x01, 0x54]) / 255).max(-1) < 0.02
    ys, xs = np.nonzero(dark[:, : picture.shape[1] * 82 // 100])
    across = (columns.mean() - xs.min()) / (xs.max() - xs.min())
    down = (rows.mean() - ys.min()) / (ys.max() - ys.min())
    assert across == pytest.approx(6.5 / 8, abs=0.02)  # x to the right
    assert down == pytest.approx(1.5 / 8, abs=0.02)  # y downwards
    assert plots([figures([[]])[0]], tmp_path) == []
