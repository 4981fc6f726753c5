"""The report of the maze experiment: the verdict, one table, the learning curve; everything else as details."""

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from agents.mazes.maze_spec import short_name
from escapade.report.bandits.names import SHORT, broken
from escapade.report.chart import HEIGHT, LOW, chart
from escapade.report.mazes import visits
from escapade.report.mazes.cost import SHARES, reached, reached_by_planner
from escapade.report.mazes.luck import luck_lines
from escapade.report.mazes.traps import trap_lines
from escapade.report.mazes.verdict import headline, held_out_lines, rank_sentence, sentence

UNLIMITED = 10_000  # columns
MANY = 13  # learners from which on an interval depends no longer on the limits of the returns: .75^13 < .025

LEGEND = (
    "return: interquartile mean over learners on training layouts and its 95 % interval (valid for few learners); "
    "held out: the same on layouts never trained on; solved: learners that {solved}; P: probability that a learner "
    "beats one of the baseline, * significant; half, 90 %: environment steps of the median learner, and seconds of "
    "training all learners, until that share of {whole}."
)
LEGEND_BY_GOAL = LEGEND.format(solved="reach the goal in more than half of the episodes", whole="the planner's return")
LEGEND_BY_RETURN = LEGEND.format(solved="reach the return that solves it", whole="the return that solves it")


def show(console: Console, mazes: Sequence[dict[str, Any]], *, details: bool = False) -> None:
    """Print the report on the figures of all mazes: the verdict, one table, one curve.

    details: also the sentence on every agent, every maze's curve, scores, the traps' optima and the maps of visits.
    """
    if not mazes:
        return
    show_verdict(console, mazes)
    console.print(_fitting_table(console, mazes))
    goals = any(maze["optimum"] is not None or maze.get("threshold") is None for maze in mazes)
    console.print(LEGEND_BY_GOAL if goals else LEGEND_BY_RETURN, style="dim")
    for line in planner_lines(mazes):
        console.print(line, style="dim")
    unknown = [maze["id"] for maze in mazes if _limits_matter(maze)]
    if unknown:
        console.print(
            f"{', '.join(unknown)}: the highest possible return is not known. With fewer than {MANY} learners the "
            "intervals of returns are limited to the range of the observed returns, and may be too short.",
            style="dim",
        )
    for maze in mazes if details else [max(mazes, key=_spread)]:
        _show_curve(console, maze, HEIGHT if details else LOW)
    if details:
        for maze in mazes:
            _show_details(console, maze)


def planner_lines(mazes: Sequence[dict[str, Any]]) -> list[str]:
    """What the returns of the planners are, and why one has none; no lines without planners."""
    planners = [planner for maze in mazes for planner in maze.get("planners") or []]
    if not planners:
        return []
    budgets = " or ".join(f"{budget:,}" for budget in sorted({each["budget"] for each in planners}))
    layouts = " or ".join(map(str, sorted({each["layouts"] for each in planners})))
    methods = ", ".join(dict.fromkeys(each["method"] for each in planners))
    lines = [
        f"{methods}: mean return over {layouts} training layouts. They know the maze, and have for each layout "
        f"{budgets} simulated steps, as many as a learner takes in all layouts; exact methods take what they need. "
        "Their half and 90 %: simulated steps and seconds for one layout."
    ]
    problems = dict.fromkeys(each["problem"] for each in planners if each["problem"] is not None)
    return lines + [f"No plan: {problem}" for problem in problems]


def show_verdict(console: Console, mazes: Sequence[dict[str, Any]]) -> None:
    """Print the verdict on every maze, and the mean ranks over them."""
    for maze in mazes:
        console.print(headline(maze), style="bold")
        for line in (*held_out_lines(maze), *luck_lines(maze)):
            console.print(line)
    ranks = rank_sentence(list(mazes))
    if ranks:
        console.print(ranks)


def _fitting_table(console: Console, mazes: Sequence[dict[str, Any]]) -> Table:
    """The table; where a line is too long for the console, intervals stand below returns, seconds below steps."""
    narrow = _table(mazes)
    narrow.columns[0].width = SHORT  # the only column that can be broken
    needed = console.measure(narrow, options=console.options.update(width=UNLIMITED)).maximum
    return _table(mazes) if needed <= console.width else _table(mazes, apart="\n")


def _table(mazes: Sequence[dict[str, Any]], apart: str = " ") -> Table:
    """A row per planner and agent; apart: what separates a figure from its interval, and steps from seconds."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    # Of what cannot be broken rich cuts off the end where the console is too narrow.
    table.add_column("maze\n  agent", overflow="fold", min_width=SHORT)
    for name in ("return [95 %]", "held\nout", "solved", "P", "half", "90 %"):
        table.add_column(name, justify="right", no_wrap=True)
    for maze in mazes:
        table.add_row(short_name(maze["id"]))
        table.add_row(*_attainable(maze), style="dim")
        for planner in maze.get("planners") or []:
            table.add_row(*_planner_row(planner, maze["optimum"], apart), style="dim")
        for agent in maze["agents"]:
            table.add_row(*_row(agent, apart))
        table.add_section()
    return table


def _attainable(maze: dict[str, Any]) -> tuple[str, str]:
    """What can be had: the planner's return, or the one that solves an environment."""
    if maze["optimum"] is not None:
        return "  planner", f"{maze['optimum']:.2f}"
    threshold = maze.get("threshold")
    return ("  planner", "unknown") if threshold is None else ("  solved from", f"{threshold:g}")


def _planner_row(planner: dict[str, Any], optimum: float | None, apart: str) -> tuple[str, ...]:
    value = "none" if planner["return"] is None else f"{planner['return']:.2f}"
    costs = (reached_by_planner(planner, name, optimum).replace(" ", apart) for name in SHARES)
    return f"  {planner['method']}", value, "", "", "", *costs


def _row(agent: dict[str, Any], apart: str) -> tuple[Any, ...]:
    interval, comparison, solved = agent["return"]["ci"], agent.get("improvement"), agent["success"]["solved"]
    shown = "" if interval is None else f"{apart}[{interval[0]:.2f}, {interval[1]:.2f}]"
    return (
        Padding(broken(agent["spec"]), (0, 0, 0, 2)),
        f"{agent['return']['iqm']:.2f}{shown}",
        "none" if agent["held_out"]["return"] is None else f"{agent['held_out']['return']:.2f}",
        "unknown" if solved is None else f"{solved}/{agent['learners']}",
        "" if comparison is None else f"{comparison['probability']:.2f}{'*' if comparison['significant'] else ' '}",
        *(reached(agent, name).replace(" ", apart) for name in SHARES),
    )


def _limits_matter(maze: dict[str, Any]) -> bool:
    """Whether intervals depend on the largest return, and it is unknown."""
    return maze["optimum"] is None and any(1 < agent["learners"] < MANY for agent in maze["agents"])


def _spread(maze: dict[str, Any]) -> float:
    """By how much the agents' learning curves differ."""
    means = [agent["curve_mean"]["iqm"] for agent in maze["agents"] if agent["curve_mean"] is not None]
    return max(means) - min(means) if means else -1.0


def _show_curve(console: Console, maze: dict[str, Any], height: int) -> None:
    series = [
        (agent["spec"], *zip(*[(step, mean) for step, mean, _, _ in agent["curve"]], strict=True))
        for agent in maze["agents"]
        if agent["curve"]
    ]
    if series:
        title = f"{maze['id']}: return on training layouts, interquartile mean"
        limits, width = maze.get("return_limits"), console.width - 1
        console.print(chart(series, title=title, across="steps per learner", width=width, height=height, limits=limits))


def _show_details(console: Console, maze: dict[str, Any]) -> None:
    console.print(sentence(maze))
    console.print(f"{maze['id']}: {'; '.join(map(_training, maze['agents']))}.", style="dim")
    scores = [f"{agent['spec']} {agent['score']:.2f}" for agent in maze["agents"] if agent["score"] is not None]
    if scores:
        console.print(f"{maze['id']}: score, the return as a share of the planner's: {', '.join(scores)}.")
    if maze["trap"]:
        for line in trap_lines(maze):
            console.print(line)
    visits.show(console, maze)


def _training(agent: dict[str, Any]) -> str:
    first = "never" if agent["median_first_reward"] is None else f"after {agent['median_first_reward']:,.0f} steps"
    return (
        f"{agent['spec']} {agent['seconds']:,.0f} s with evaluation, {agent['steps_per_second']:,.0f} steps per second "
        f"of all learners, first reward {first} (median)"
    )
