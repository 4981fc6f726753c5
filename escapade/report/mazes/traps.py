"""What the report of act 2 says of a trap: what lies in wait, and who reached the true goal, whatever it earned."""

from dataclasses import asdict
from typing import Any


def trap_figures(maze: str) -> dict[str, Any] | None:
    """What a trap states of itself, None for a maze that is none; its scores are multiplied as its reward is."""
    from agents.mazes import parse_maze
    from agents.mazes.traps import IDS, facts

    name = maze.partition(":")[0]
    told = facts(name) if name in IDS else None
    if told is None:
        return None
    scale = parse_maze(maze).reward_scale
    return asdict(told) | {"local_score": scale * told.local_score, "global_score": scale * told.global_score}


def trap_lines(maze: dict[str, Any]) -> list[str]:
    """What lies in wait in a trap, and how often each agent reached its true goal, whatever its return was."""
    trap, agents = maze["trap"], maze["agents"]
    reached = []
    for agent in agents:
        (low, high), first = agent["goal"]["ci"], agent["median_first_success"]
        soon = "" if first is None else f", first after {first:,.0f} steps"
        reached.append(f"{agent['spec']} in {agent['goal']['iqm']:.0%} [{low:.0%}, {high:.0%}] of episodes{soon}")
    return [
        f"A trap. Local optimum: {trap['local_optimum']}, {trap['local_score']:.2f}; global optimum: "
        f"{trap['global_optimum']}, {trap['global_score']:.2f}.",
        f"Its true goal is {trap['goal']}: {'; '.join(reached)}.",
    ]
