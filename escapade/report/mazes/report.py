"""The report of act 2: per maze and agent, what was reached, how surely, how soon and at what cost."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from agents.training.results import Block, LearnerResult
from escapade.report.bandits.names import SHORT, broken
from escapade.report.chart import chart
from escapade.report.mazes import visits
from escapade.report.mazes.traps import trap_figures, trap_lines
from escapade.statistics import (
    improvement_interval,
    interquartile_mean,
    iqm_interval,
    performance_profile,
    probability_of_improvement,
    rate_interval,
    seeds_needed,
)

SOLVED = 0.5  # a learner counts as successful where it reaches the goal in more than this share of episodes


def agent_figures(block: Block) -> dict[str, Any]:
    """The figures of one agent in one maze."""
    results = block.results
    returns = [r.train_return for r in results]
    soon = [float(np.mean([value for _, value in r.curve])) if r.curve else math.nan for r in results]
    solved = sum(r.train_success > SOLVED for r in results)
    first, first_goal = [r.first_reward_step for r in results], [r.first_success_step for r in results]
    goal = [r.train_success for r in results]
    return {
        "spec": block.agent,
        "learners": len(results),
        "steps": block.steps,
        "return": {"iqm": float(interquartile_mean(returns)), "ci": iqm_interval([returns])},
        "success": {"rate": solved / len(results), "ci": rate_interval(solved, len(results))},
        "held_out": _held_out(results),
        "first_reward_steps": first,
        "median_first_reward": _median(first),
        "goal": {"iqm": float(interquartile_mean(goal)), "ci": iqm_interval([goal])},
        "first_success_steps": first_goal,
        "median_first_success": _median(first_goal),
        "stuck": len(results) - solved,
        "curve": _curve(block),
        "curve_mean": {"iqm": float(interquartile_mean(soon)), "ci": iqm_interval([soon])},
        "steps_per_second": block.steps_per_second,
        "seconds": block.seconds,
        "returns": returns,
        "goals": goal,
        "curve_means": soon,
        "visits": _visits(results),
    }


def maze_figures(
    blocks: Sequence[Block], optimum: dict[str, float | None], walls: dict[str, list[str]] | None = None
) -> list[dict[str, Any]]:
    """The figures of every maze, with each agent compared to the first one (the baseline).

    optimum, walls: by maze, what a planner gets and where every layout has a wall, for those where that is known.
    """
    mazes = []
    for maze in dict.fromkeys(block.maze for block in blocks):
        agents = [agent_figures(block) for block in blocks if block.maze == maze]
        for agent in agents:
            agent["score"] = _score(agent["return"]["iqm"], optimum.get(maze))
            agent["profile"] = _profile(agent["returns"], optimum.get(maze))
        base, trap = agents[0], trap_figures(maze)
        judged = "returns" if trap is None else "goals"  # in a trap the better return may be the worse agent
        for other in agents[1:]:
            other["improvement"] = _improvement(base["spec"], other[judged], base[judged])
            other["sooner"] = _improvement(base["spec"], other["curve_means"], base["curve_means"])
        figures = {"id": maze, "optimum": optimum.get(maze), "walls": (walls or {}).get(maze, [])}
        mazes.append({**figures, "trap": trap, "agents": agents})
    return mazes


def sentence(maze: dict[str, Any]) -> str:
    """What happened in one maze. A difference is claimed only where its interval leaves out one half."""
    base, *others = maze["agents"]
    parts = []
    for other in others:
        probability, (low, high) = other["improvement"]["probability"], other["improvement"]["ci"]
        beaten = f"{base['spec']} in reaching the true goal" if maze.get("trap") else base["spec"]
        shown = f"a learner beats one of {beaten} with probability {probability:.2f} [{low:.2f}, {high:.2f}]"
        if low > 0.5:
            parts.append(f"{other['spec']} did better than {base['spec']}: {shown}")
        elif high < 0.5:
            parts.append(f"{other['spec']} did worse than {base['spec']}: {shown}")
        elif math.isnan(low):
            parts.append(f"one learner cannot tell {other['spec']} from {base['spec']}")
        else:
            sooner = "" if maze.get("trap") else _sooner(other, base)  # the curve is of returns
            parts.append(f"{other['spec']} cannot be told from {base['spec']} at the end: {shown}{sooner}")
    stuck = f"{base['stuck']} of {base['learners']} {base['spec']} learners stayed stuck"
    return f"{maze['id']}: {'; '.join([*parts, stuck])}."


def _sooner(other: dict[str, Any], base: dict[str, Any]) -> str:
    """Who learnt faster, where the end does not tell; nothing where the learning curves do not tell either."""
    low, high = other["sooner"]["ci"]
    ours, theirs = (agent["curve_mean"] for agent in (other, base))
    if math.isnan(ours["iqm"] + theirs["iqm"]) or not (low > 0.5 or high < 0.5):
        return ""
    means = " against ".join(f"{each['iqm']:.2f} [{each['ci'][0]:.2f}, {each['ci'][1]:.2f}]" for each in (ours, theirs))
    return f", but it learned {'sooner' if low > 0.5 else 'later'}: mean return over the training {means}"


def show(console: Console, maze: dict[str, Any]) -> None:
    """Print the table of one maze and its sentence."""
    optimum = maze["optimum"]
    planner = "unknown" if optimum is None else f"{optimum:.3f}"
    trap = maze.get("trap")
    title = f"{maze['id']} · planner: {planner}"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("agent", overflow="fold", min_width=SHORT)
    for name in ("return [95 %]", "held out", "solved", "first\nreward", "stuck", "cost"):
        table.add_column(name, justify="right", no_wrap=True)
    for agent in maze["agents"]:
        low, high = agent["return"]["ci"]
        median = agent["median_first_reward"]
        table.add_row(
            broken(agent["spec"]),
            f"{agent['return']['iqm']:.2f} [{low:.2f}, {high:.2f}]",
            "none" if agent["held_out"]["return"] is None else f"{agent['held_out']['return']:.2f}",
            f"{agent['success']['rate']:.0%}",
            "never" if median is None else f"{median:,.0f}",
            f"{agent['stuck']}/{agent['learners']}",
            f"{agent['seconds']:,.0f} s\n{agent['steps_per_second']:,.0f}/s",
        )
    console.print(table)
    console.print(
        "return: interquartile mean over learners with its 95 % bootstrap interval, on training layouts; "
        "held out: on layouts never trained on; first reward: median steps; cost: wall time, and steps of all learners "
        "per second.",
        style="dim",
    )
    scores = [f"{agent['spec']} {agent['score']:.2f}" for agent in maze["agents"] if agent.get("score") is not None]
    if scores:
        console.print(f"score, the return as a share of the planner's: {', '.join(scores)}.")
    series = [
        (agent["spec"], *zip(*[(step, mean) for step, mean, _, _ in agent["curve"]], strict=True))
        for agent in maze["agents"]
        if agent["curve"]
    ]
    if series:
        title = "return on training layouts, interquartile mean"
        console.print(chart(series, title=title, across="steps per learner", width=console.width - 1))
    console.print(sentence(maze))
    if trap:
        for line in trap_lines(maze):
            console.print(line)
    visits.show(console, maze)


def _median(steps: Sequence[int | None]) -> float | None:
    """The median step, None where it is never."""
    median = float(np.median([math.inf if step is None else step for step in steps]))
    return None if math.isinf(median) else median


def _score(earned: float, optimum: float | None) -> float | None:
    """A return as a share of the planner's; None where that is not known, or no positive return can be had."""
    return earned / optimum if optimum is not None and optimum > 0 else None


def _profile(returns: list[float], optimum: float | None) -> list[list[float]]:
    """[score, share, low, high]: the share of learners above each score; empty where scores are not known.

    It tells what a mean hides: some learners solving and the others stuck, or all of them halfway.
    """
    scores = [score for value in returns if (score := _score(value, optimum)) is not None]
    return performance_profile(scores) if scores else []


def _improvement(over: str, ours: list[float], theirs: list[float]) -> dict[str, Any]:
    """One agent's scores against another's."""
    return {
        "over": over,
        "probability": probability_of_improvement(ours, theirs),
        "ci": improvement_interval(ours, theirs),
        "seeds_needed": seeds_needed(ours, theirs) if min(len(ours), len(theirs)) > 1 else None,
    }


def _held_out(results: Sequence[LearnerResult]) -> dict[str, Any]:
    """The figures on held-out layouts, None each where the maze has none."""
    returns = [r.held_out_return for r in results if r.held_out_return is not None]
    success = [r.held_out_success for r in results if r.held_out_success is not None]
    if not returns:
        return {"return": None, "ci": None, "success": None}
    return {
        "return": float(interquartile_mean(returns)),
        "ci": iqm_interval([returns]),
        "success": float(np.mean(success)),
    }


def _visits(results: Sequence[LearnerResult]) -> list[list[int]]:
    """How often all learners together stepped to the cell x, y; empty where one of them did not count."""
    if not all(r.visits for r in results):
        return []
    total: list[list[int]] = np.sum([r.visits for r in results], axis=0).tolist()
    return total


def _curve(block: Block) -> list[list[float]]:
    """[step, iqm, low, high] at every evaluation that all learners share."""
    points = []
    for rows in zip(*(r.curve for r in block.results), strict=False):
        values = [value for _, value in rows]
        points.append([rows[0][0], float(interquartile_mean(values)), *iqm_interval([values])])
    return points
