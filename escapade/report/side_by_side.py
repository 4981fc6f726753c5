"""Two or more folders of results side by side: each agent of a maze in all of them, and whether it differs.

An agent is compared with itself in the first folder by the exact permutation test on the learners' returns (in a trap,
their shares of episodes that reached the true goal); the p-values of one maze and folder are corrected by Holm.
"""

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from agents.mazes.maze_spec import short_name
from escapade.report import setup
from escapade.report.bandits.names import SHORT, broken
from escapade.report.bandits.report import sentence
from escapade.report.mazes.comparison import SIGNIFICANT
from escapade.report.mazes.cost import reached
from escapade.report.results import Results
from escapade.statistics import holm, improvement_interval, permutation_test, probability_of_improvement

LEGEND = (
    "return: interquartile mean over learners on training layouts [95 %]; half: environment steps of the median "
    "learner, and seconds of training all learners, until half of the planner's return; P: probability that a learner "
    "of this folder beats one of the first folder, for the same agent and maze, * significant (permutation test, Holm, "
    "p ≤ .05)."
)


def comparisons(everyone: Sequence[Results]) -> list[dict[str, Any]]:
    """Of each folder after the first, maze and agent that both have: P(better than in the first), interval, p-value."""
    first = _agents(everyone[0])
    made = []
    for place, results in enumerate(everyone[1:], 1):
        for maze in results.mazes:
            scores = "goals" if maze.get("trap") else "returns"
            shared = [agent for agent in maze["agents"] if (maze["id"], agent["spec"]) in first]
            pairs = [(agent[scores], first[maze["id"], agent["spec"]][scores]) for agent in shared]
            p_values = holm([permutation_test(*pair) for pair in pairs])
            for agent, (ours, theirs), p_value in zip(shared, pairs, p_values, strict=True):
                interval = improvement_interval(ours, theirs)
                apart = interval is not None and not interval[0] <= 0.5 <= interval[1]
                made.append(
                    {
                        "folder": results.name,
                        "place": place,
                        "maze": maze["id"],
                        "agent": agent["spec"],
                        "probability": probability_of_improvement(ours, theirs),
                        "ci": interval,
                        "p_value_holm": p_value,
                        "significant": apart and p_value <= SIGNIFICANT,
                    }
                )
    return made


def show(console: Console, everyone: Sequence[Results]) -> None:
    """Print the verdict, a table with a line per maze, agent and folder, the bandits' verdicts and the setups."""
    compared = comparisons(everyone)
    for results in everyone:
        for note in results.notes:
            console.print(note)
    console.print(verdict(everyone, compared), style="bold")
    if any(results.mazes for results in everyone):
        console.print(_table(everyone, compared))
        console.print(LEGEND, style="dim")
    for place, results in enumerate(everyone):
        if results.bandits is not None:
            console.print(f"{_label(place, results)}: {sentence(results.bandits)}")
    for place, results in enumerate(everyone):
        for line in [f"{_label(place, results)}:", *setup.lines(results.sessions)]:
            console.print(line, style="dim")


def verdict(everyone: Sequence[Results], compared: Sequence[dict[str, Any]]) -> str:
    """Which agents differ significantly from themselves in the first folder."""
    names = "; ".join(_label(place, results) for place, results in enumerate(everyone))
    if not compared:
        return f"{names}. They have no agent and maze in common."
    said = [
        f"in {_label(each['place'], everyone[each['place']])}, {each['agent']} did "
        f"{'better' if each['probability'] > 0.5 else 'worse'} in {each['maze']}"
        for each in compared
        if each["significant"]
    ]
    first = _label(0, everyone[0])
    if not said:
        return f"{names}. No agent differs significantly from the same agent in {first}."
    return f"{names}. Against {first}: {'; '.join(said)}."


def _agents(results: Results) -> dict[tuple[str, str], dict[str, Any]]:
    return {(maze["id"], agent["spec"]): agent for maze in results.mazes for agent in maze["agents"]}


def _label(place: int, results: Results) -> str:
    return f"({chr(ord('A') + place % 26)}) {results.name}"


def _table(everyone: Sequence[Results], compared: Sequence[dict[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("maze\n  agent", overflow="fold", min_width=SHORT)
    table.add_column("")
    for name in ("return [95 %]", "held\nout", "solved", "half", "P"):
        table.add_column(name, justify="right", overflow="fold", no_wrap=name != "half")
    known = [_agents(results) for results in everyone]
    better = {(each["place"], each["maze"], each["agent"]): each for each in compared}
    keys = list(dict.fromkeys(key for agents in known for key in agents))
    for maze in dict.fromkeys(maze for maze, _ in keys):
        table.add_row(short_name(maze))
        for spec in (spec for other, spec in keys if other == maze):
            head: Any = Padding(broken(spec), (0, 0, 0, 2))
            for place, agents in enumerate(known):
                if (maze, spec) in agents:
                    row = _row(agents[maze, spec], better.get((place, maze, spec)))
                    table.add_row(head, chr(ord("A") + place % 26), *row)
                    head = ""
        table.add_section()
    return table


def _row(agent: dict[str, Any], comparison: dict[str, Any] | None) -> tuple[str, ...]:
    interval, solved, held_out = agent["return"]["ci"], agent["success"]["solved"], agent["held_out"]["return"]
    shown = "" if interval is None else f" [{interval[0]:.2f}, {interval[1]:.2f}]"
    return (
        f"{agent['return']['iqm']:.2f}{shown}",
        "none" if held_out is None else f"{held_out:.2f}",
        "unknown" if solved is None else f"{solved}/{agent['learners']}",
        reached(agent, "half"),
        "" if comparison is None else f"{comparison['probability']:.2f}{'*' if comparison['significant'] else ' '}",
    )
