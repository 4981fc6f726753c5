"""Traps in the report of the maze experiment: its optima, and who reached the true goal at any return."""

from dataclasses import asdict
from typing import Any

from agents.mazes.traps import IDS, facts


def trap_figures(maze: str) -> dict[str, Any] | None:
    """The optima of a trap, in the reward that the maze's settings make; None for a maze that is not a trap."""
    optima = facts(maze) if maze.partition(":")[0] in IDS else None
    return None if optima is None else asdict(optima)


def trap_lines(maze: dict[str, Any]) -> list[str]:
    """The two optima of a trap, and how often each agent reached its true goal, whatever its return was."""
    trap, reached = maze["trap"], []
    for agent in maze["agents"]:
        interval, first = agent["goal"]["ci"], agent["median_first_success"]
        shown = "" if interval is None else f" [{interval[0]:.0%}, {interval[1]:.0%}]"
        first_success = "" if first is None else f", first after {first:,.0f} steps"
        reached.append(f"{agent['spec']} in {agent['goal']['iqm']:.0%}{shown} of episodes{first_success}")
    return [
        f"{maze['id']} is a trap. Local optimum: {trap['local_optimum']}, {trap['local_score']:.2f}; global optimum: "
        f"{trap['global_optimum']}, {trap['global_score']:.2f}.",
        f"Its true goal is {trap['goal']}: {'; '.join(reached)}.",
    ]
