"""What agents reach in which maze, from the sweeps that `python -m benchmarks evidence` has recorded."""

import dataclasses
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from matplotlib import rc_context

from benchmarks.evidence.document import interval, short, steps
from benchmarks.evidence.sweeps import Recorded, planned, recorded
from docs.generator.markdown import NOT_MEASURED
from escapade.report.markdown import table
from escapade.report.mazes.curves import picture
from escapade.report.mazes.figures import maze_figures
from escapade.report.setup import settings_text

BASELINE = "epsilon-greedy"


@dataclasses.dataclass(frozen=True)
class Result:
    """What one agent reached in one maze of one sweep.

    agent: its figures, as reports have them. settings: those of the DQN that are not the defaults.
    """

    sweep: str
    maze: str
    optimum: float | None
    agent: dict[str, Any]
    settings: str = ""

    @property
    def name(self) -> str:
        """The agent, with the DQN's settings that are not the defaults, as Markdown."""
        return ", ".join(filter(None, [f"`{self.agent['spec']}`", self.settings]))

    @property
    def escaped(self) -> str:
        """How many learners reach the goal in more than half of their episodes."""
        return f"{self.agent['success']['solved']} of {self.agent['learners']}"

    @property
    def fails(self) -> bool:
        """Whether fewer than half of the learners reach the goal."""
        return bool(self.agent["success"]["solved"] * 2 < self.agent["learners"])


@functools.cache
def recordings() -> dict[str, Recorded]:
    """The recorded sweeps by name, in the order of the file."""
    return {sweep.name: sweep for sweep in recorded()}


@functools.cache
def figures(name: str) -> list[dict[str, Any]]:
    """What a report says of each maze of the sweep of this name."""
    sweep = recordings()[name]
    return maze_figures(sweep.blocks, sweep.optima)


def results() -> list[Result]:
    """Every agent in every maze that is recorded, in the order of the sweeps."""
    return [
        Result(name, maze["id"], maze["optimum"], agent, settings_text(recordings()[name].dqn))
        for name in recordings()
        for maze in figures(name)
        for agent in maze["agents"]
    ]


def expected_performance() -> str:
    """A table per maze: what each agent reaches after how many steps; then the mazes without figures."""
    parts = []
    of_maze: dict[str, list[Result]] = {}
    for result in results():
        of_maze.setdefault(result.maze, []).append(result)
    for maze, measured in of_maze.items():
        optimum = measured[0].optimum
        planner = "" if optimum is None else f"An exact planner gets {optimum:.3f}. "
        made = dict.fromkeys(result.sweep for result in measured)
        sources = "; ".join(f"sweep `{name}`, {recordings()[name].made['day']}" for name in made)
        parts += [f"## {short(maze)}", f"`{maze}`. {planner}Recorded: {sources}.", performance_table(measured)]
    missing = _planned_without_figures(set(of_maze))
    if missing:
        rows = [(f"`{maze}`", f"`{name}`") for maze, name in missing]
        parts += ["## Not measured yet", table(("maze", "sweep that measures it"), rows)]
    return "\n\n".join(parts)


def _planned_without_figures(measured: set[str]) -> list[tuple[str, str]]:
    mazes: dict[str, str] = {}
    for name, sweep in planned().items():
        for maze in sweep.plan.mazes:
            mazes.setdefault(maze, name)
    return [(maze, name) for maze, name in mazes.items() if maze not in measured]


def performance_table(measured: list[Result]) -> str:
    """A row per agent of one maze."""
    rows = []
    for result in measured:
        agent = result.agent
        held_out = agent["held_out"]
        rows.append(
            (
                result.name,
                f"{agent['steps']:,}",
                interval(agent["return"]["iqm"], agent["return"]["ci"]),
                "–" if held_out["return"] is None else interval(held_out["return"], held_out["ci"]),
                result.escaped,
                steps(agent["median_first_reward"]),
            )
        )
    return table(("agent", "steps", "return", "held-out layouts", "learners that solve it", "first reward"), rows)


def results_of(name: str) -> list[Result]:
    """The results of the agent whose only plugin is this bonus, with its default settings."""
    return [result for result in results() if result.agent["spec"] == name]


def draw_curves(name: str, folder: Path) -> Iterator[tuple[str, str]]:
    """A learning curve of this bonus beside ε-greedy for each maze in which both are recorded: maze and file name."""
    for sweep in recordings():
        for maze in figures(sweep):
            agents = {agent["spec"]: agent for agent in maze["agents"]}
            if name not in agents or not agents[name]["curve"]:
                continue
            chosen = [agents[each] for each in (BASELINE, name) if each in agents]
            file = f"curve-{name}-{sweep}-{short(maze['id'])}.svg"
            with rc_context({"svg.hashsalt": "escapade"}):
                picture(maze | {"agents": chosen}).savefig(folder / file, metadata={"Date": None})
            yield maze["id"], file


def outcomes(names: list[str]) -> str:
    """A row per bonus, a column per recorded maze: how many learners get out."""
    measured = {(result.maze, result.agent["spec"]): result for result in reversed(results())}
    mazes = list(dict.fromkeys(result.maze for result in results()))
    if not mazes:
        return f"Results of training: {NOT_MEASURED}."
    rows = []
    for name in (BASELINE, *names):
        cells = [measured[maze, name].escaped if (maze, name) in measured else "" for maze in mazes]
        if any(cells):
            rows.append((f"`{name}`", *cells))
    left_out = [f"`{name}`" for name in names if f"`{name}`" not in [row[0] for row in rows]]
    text = table(("agent", *(short(maze) for maze in mazes)), rows)
    return text + (f"\n\nWithout a recorded training run: {', '.join(left_out)}." if left_out else "")
