"""The results of an experiment as plain data: what its store keeps, and for one that is not finished, what there is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from agents.training.results import Block
from escapade.report import setup
from escapade.report.bandits import report as bandit_report
from escapade.report.bandits import summary
from escapade.report.mazes import report as maze_report
from escapade.report.mazes.figures import maze_figures
from escapade.runs.experiments import optima, thresholds, walls
from escapade.runs.planners import kept_planners
from escapade.runs.store import Store, open_existing
from explore.errors import BadInput


@dataclass(frozen=True)
class Results:
    """Both experiments' figures (None or empty where there are none), the sessions that wrote them, and notes."""

    name: str
    bandits: dict[str, Any] | None
    mazes: list[dict[str, Any]]
    sessions: list[dict[str, Any]]
    notes: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The figures for `--json`."""
        kept = {"bandits": self.bandits, "mazes": self.mazes or None}
        return {**{part: each for part, each in kept.items() if each is not None}, "sessions": self.sessions}


def figures_of(blocks: Sequence[Block], planners: Sequence[dict[str, Any]] = ()) -> list[dict[str, Any]]:
    """The figures of the maze experiment, with the planner's returns, walls and thresholds of its mazes.

    planners: the figures of other planners (`runs.planners`); each maze gets those with the steps of its agents.
    """
    mazes = list(dict.fromkeys(block.maze for block in blocks))
    figures = maze_figures(blocks, optima(mazes), walls(mazes), thresholds(mazes))
    for maze in figures:
        steps = {agent["steps"] for agent in maze["agents"]}
        maze["planners"] = [each for each in planners if each["maze"] == maze["id"] and each["budget"] in steps]
    return figures


def kept_in(folder: Path) -> Results:
    """What `folder` holds; BadInput where that is nothing. Only reads, while another process may be writing."""
    store = open_existing(folder)
    try:
        bandits, mazes, sessions = store.recall("bandits"), store.recall("mazes"), store.sessions()
        notes = []
        blocks, planned = finished(store, sessions)
        if mazes is not None and not all("cost" in agent for maze in mazes for agent in maze["agents"]):
            mazes = _completed(mazes, blocks)
        if mazes is None:
            mazes = figures_of(blocks, kept_planners(store))
            if blocks:
                notes.append(f"'{folder}' is not finished: {len(blocks)} of {planned} agents and mazes are shown.")
    finally:
        store.close()
    if bandits is None and not mazes:
        raise BadInput(f"'{folder}' holds no finished experiment: run the same command again to finish it.")
    return Results(folder.resolve().name, bandits, mazes, sessions, notes)


def show(console: Console, results: Results, *, details: bool = False) -> None:
    """Print the report: mazes, bandits, and how the results came about. details: everything that is known."""
    for note in results.notes:
        console.print(note)
    maze_report.show(console, results.mazes, details=details)
    if results.bandits is not None:
        (bandit_report if details else summary).show(console, results.bandits)
    setup.show(console, results.sessions)


def _completed(kept: list[dict[str, Any]], blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Figures that an earlier version kept, made anew from the learners with what it knew of their mazes."""
    optimum = {maze["id"]: maze.get("optimum") for maze in kept}
    walls_of = {maze["id"]: maze.get("walls") or [] for maze in kept}
    return maze_figures(blocks, optimum, walls_of, thresholds(list(optimum))) or kept


def finished(store: Store, sessions: Sequence[dict[str, Any]]) -> tuple[list[Block], int]:
    """The blocks with learners in the order of the newest plan, and how many were planned.

    Of an agent that was trained for several numbers of steps, the block with the most.
    """
    plan = sessions[-1]["experiment"].get("mazes", {}).get("blocks", []) if sessions else []
    order = [(each["maze"], each["agent"]) for each in plan]
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    for configuration in sorted(store.configurations(), key=lambda each: int(each["steps"])):
        newest[configuration["maze"], configuration["agent"]] = configuration
    blocks = {key: store.load(configuration) for key, configuration in newest.items()}
    ordered = [key for key in order if key in blocks] + [key for key in blocks if key not in order]
    return [blocks[key] for key in ordered], len({*order, *blocks})
