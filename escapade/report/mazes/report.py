"""The report of the maze experiment: the verdict, one table, the learning curve; everything else as details."""

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from escapade.report.bandits.names import SHORT, broken
from escapade.report.chart import chart
from escapade.report.mazes import visits
from escapade.report.mazes.traps import trap_lines
from escapade.report.mazes.verdict import rank_sentence, sentence

MANY = 13  # learners from which on an interval depends no longer on the limits of the returns: .75^13 < .025

LEGEND = (
    "return: interquartile mean over learners of the greedy policy on training layouts, with its 95 % interval, which "
    "allows for learners unlike those seen (bounded bootstrap); held out: on layouts never trained on; solved: "
    "learners that reach the goal in more than half of the episodes; first reward: median steps; cost: seconds of "
    "training, and steps of all learners per second. P(better): chance that a learner beats one of the baseline; "
    "p: exact permutation test, corrected by Holm for the comparisons of a maze."
)


def show(console: Console, mazes: Sequence[dict[str, Any]], *, details: bool = False) -> None:
    """Print the report on the figures of all mazes.

    details: also the curves of every maze, the traps' optima, scores and maps of visits.
    """
    if not mazes:
        return
    for maze in mazes:
        console.print(sentence(maze), style="bold")
    ranks = rank_sentence(list(mazes))
    if ranks:
        console.print(ranks)
    console.print(_table(mazes))
    console.print(LEGEND, style="dim")
    unknown = [maze["id"] for maze in mazes if _limits_matter(maze)]
    if unknown:
        console.print(
            f"{', '.join(unknown)}: the highest possible return is not known. With fewer than {MANY} learners the "
            "intervals of returns reach no further than the returns seen, and may be too short.",
            style="dim",
        )
    for maze in mazes if details else [max(mazes, key=_spread)]:
        _show_curve(console, maze)
    if details:
        for maze in mazes:
            _show_details(console, maze)


def _table(mazes: Sequence[dict[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("maze (planner's return)\n  agent", overflow="fold", min_width=SHORT + 2)
    for name in ("return [95 %]", "held\nout", "solved", "first\nreward", "cost"):
        table.add_column(name, justify="right", no_wrap=True)
    for maze in mazes:
        planner = "unknown" if maze["optimum"] is None else f"{maze['optimum']:.3f}"
        table.add_row(f"{maze['id']} ({planner})")
        for agent in maze["agents"]:
            table.add_row(*_row(agent))
        table.add_section()
    return table


def _row(agent: dict[str, Any]) -> tuple[Any, ...]:
    interval, median = agent["return"]["ci"], agent["median_first_reward"]
    shown = "" if interval is None else f" [{interval[0]:.2f}, {interval[1]:.2f}]"
    return (
        Padding(broken(agent["spec"]), (0, 0, 0, 2)),
        f"{agent['return']['iqm']:.2f}{shown}",
        "none" if agent["held_out"]["return"] is None else f"{agent['held_out']['return']:.2f}",
        f"{agent['success']['solved']}/{agent['learners']}",
        "never" if median is None else f"{median:,.0f}",
        f"{agent['seconds']:,.0f} s\n{agent['steps_per_second']:,.0f}/s",
    )


def _limits_matter(maze: dict[str, Any]) -> bool:
    """Whether intervals depend on how much can be earned, and nobody knows it."""
    return maze["optimum"] is None and any(1 < agent["learners"] < MANY for agent in maze["agents"])


def _spread(maze: dict[str, Any]) -> float:
    """By how much the agents' learning curves differ."""
    means = [agent["curve_mean"]["iqm"] for agent in maze["agents"] if agent["curve_mean"] is not None]
    return max(means) - min(means) if means else -1.0


def _show_curve(console: Console, maze: dict[str, Any]) -> None:
    series = [
        (agent["spec"], *zip(*[(step, mean) for step, mean, _, _ in agent["curve"]], strict=True))
        for agent in maze["agents"]
        if agent["curve"]
    ]
    if series:
        title = f"{maze['id']}: return on training layouts, interquartile mean"
        console.print(chart(series, title=title, across="steps per learner", width=console.width - 1))


def _show_details(console: Console, maze: dict[str, Any]) -> None:
    scores = [f"{agent['spec']} {agent['score']:.2f}" for agent in maze["agents"] if agent["score"] is not None]
    if scores:
        console.print(f"{maze['id']}: score, the return as a share of the planner's: {', '.join(scores)}.")
    if maze["trap"]:
        for line in trap_lines(maze):
            console.print(line)
    visits.show(console, maze)
