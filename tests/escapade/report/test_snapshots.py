"""What a report looks like, as text files in `test_snapshots/`; `pytest --force-regen` writes them anew.

With colour they hold the terminal's codes: `cat` shows them as they are seen.
"""

import io
import json
import re
from collections.abc import Callable

import pytest
from rich.console import Console

from agents.training.results import Block, LearnerResult
from bandits.simulator.simulation import simulate
from escapade.report.bandits import report as bandit_report
from escapade.report.mazes.figures import maze_figures
from escapade.report.results import Results, show

MAZES = {"MiniGrid-DoorKey-8x8-v0": 0.97, "escapade/Decoy-8x8-v0": 1.0}
AGENTS = {"epsilon-greedy": (0.0, 0.1), "count:beta=0.1,by=state": (0.9, 0.8), "rnd": (0.7, 0.0)}
STEPS = 150_000
SESSION = {
    "command": ["escapade", "run", "--quick"],
    "versions": {"escapade": "0.2.0", "torch": "2.13.0", "numpy": "2.4.6"},
    "git": None,
    "machine": {"system": "Linux", "cores": 2},
    "experiment": {"mazes": {"steps": STEPS, "dqn": {}}},
}


def learner(name: int, value: float, place: int) -> LearnerResult:
    curve = [(STEPS * k // 5, value * k / 5) for k in range(1, 6)]
    first = 20_000 + 1_000 * name if value else None
    return LearnerResult(
        name, value, float(value > 0.5), value, float(value > 0.5), first, curve, [[0, place]], first if value else None
    )


def results() -> Results:
    blocks = [
        Block(maze, agent, STEPS, 60.0 + place, 4000.0, [learner(n, values[n % 2], place) for n in range(10)])
        for maze in MAZES
        for place, (agent, values) in enumerate(AGENTS.items())
    ]
    return Results("quick", None, maze_figures(blocks, MAZES), [SESSION])


def bandit_results() -> Results:
    """Figures as they come from the store. The speed is that of no machine."""
    policies = ["epsilon-greedy:epsilon=0.1", "ucb1", "kl-ucb", "thompson"]
    figures = json.loads(
        json.dumps(bandit_report.figures(simulate("two-arms", policies, runs=200, horizon=600, seed=1)))
    )
    for place, policy in enumerate(figures["policies"]):
        policy["pulls_per_second"] = 1e6 * (place + 1)
    return Results("bandits", figures, [], [SESSION])


def report(width: int, colours: bool = False, details: bool = False, of: Callable[[], Results] = results) -> str:
    text = io.StringIO()
    console = Console(
        file=text,
        width=width,
        highlight=False,
        markup=False,
        force_terminal=colours,
        color_system="256" if colours else None,
        legacy_windows=False,
        _environ={},
    )
    show(console, of(), details=details)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"


@pytest.mark.parametrize("colours", [False, True])
@pytest.mark.parametrize("width", [80, 160])
def test_the_bandits(width, colours, file_regression) -> None:
    file_regression.check(report(width, colours, of=bandit_results), encoding="utf-8")


@pytest.mark.parametrize("width", [80, 160])
def test_a_report_without_colour(width, file_regression) -> None:
    file_regression.check(report(width), encoding="utf-8")


def test_a_report_with_colour(file_regression) -> None:
    file_regression.check(report(80, colours=True), encoding="utf-8")


@pytest.mark.parametrize("of", [results, bandit_results])
@pytest.mark.parametrize("details", [False, True])
@pytest.mark.parametrize("width", [80, 160])
def test_colours_add_nothing_and_are_seen_on_light_and_on_dark(width, details, of) -> None:
    """The report is one for both: it sets no background, and neither white nor black in the foreground."""
    coloured = report(width, True, details, of)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    trimmed = "\n".join(line.rstrip() for line in plain.splitlines()) + "\n"
    assert trimmed == report(width, details=details, of=of)
    codes = set(re.findall(r"\x1b\[([0-9;]*)m", coloured))
    assert len(codes) > 3
    for code in codes:
        parts = [int(part) for part in code.split(";") if part]
        if parts[:2] == [38, 5]:
            assert parts[2] not in (0, 7, 15, 16, 231)
            parts = parts[3:]
        elif parts[:2] == [38, 2]:  # rich keeps the code of a style that another test has shown in true colour
            assert 0 < sum(parts[2:5]) < 3 * 255
            parts = parts[5:]
        assert not {30, 37, 38, 97, *range(40, 50), *range(100, 108)} & set(parts), code
