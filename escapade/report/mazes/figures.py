"""The figures of the maze experiment: per maze and agent what was reached, how soon, at what cost; the comparisons.

Every agent is compared with the first one, the baseline (`comparison`).
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from agents.training.results import Block, LearnerResult
from escapade.report.mazes.comparison import SIGNIFICANT, compare
from escapade.report.mazes.cost import cost_figures
from escapade.report.mazes.luck import luck_figures
from escapade.report.mazes.traps import trap_figures
from escapade.statistics import (
    Interval,
    interquartile_mean,
    iqm_interval,
    performance_profile,
    rate_interval,
    seeds_needed,
)

SOLVED = 0.5  # a learner solves a maze where it reaches the goal in more than this share of the evaluation episodes


def maze_figures(
    blocks: Sequence[Block],
    optimum: Mapping[str, float | None],
    walls: Mapping[str, list[str]] | None = None,
    thresholds: Mapping[str, float | None] | None = None,
) -> list[dict[str, Any]]:
    """The figures of every maze, as plain data.

    optimum, walls: by maze, the planner's return and where every layout has a wall, for those where they are known.
    thresholds: by id, for each environment that is no maze, the return from which Gymnasium's registry says that it is
    solved (None where it says nothing); whether an episode reached a goal is not known there.
    """
    return [
        _maze_figures(maze, [block for block in blocks if block.maze == maze], optimum, walls or {}, thresholds or {})
        for maze in dict.fromkeys(block.maze for block in blocks)
    ]


def _maze_figures(
    maze: str,
    blocks: list[Block],
    optima: Mapping[str, float | None],
    walls: Mapping[str, list[str]],
    thresholds: Mapping[str, float | None],
) -> dict[str, Any]:
    optimum, threshold = optima.get(maze), thresholds.get(maze)
    limits = _return_limits(blocks, optimum)
    agents = [_agent_figures(block, limits) for block in blocks]
    if maze in thresholds:
        for agent in agents:
            _count_solved_by_return(agent, threshold)
    for agent, block in zip(agents, blocks, strict=True):
        agent["cost"] = cost_figures(block.results, block.steps_per_second, threshold if optimum is None else optimum)
        agent["score"] = _score(agent["return"]["iqm"], optimum)
        agent["profile"] = _profile(agent["returns"], optimum)
    trap = trap_figures(maze)
    compared = "returns" if trap is None else "goals"  # in a trap the better return may be the worse agent
    _add_comparisons(agents, "improvement", compared)
    _add_comparisons(agents, "faster", "curve_means")
    return {
        "id": maze,
        "optimum": optimum,
        "return_limits": limits,
        "threshold": threshold,
        "walls": walls.get(maze, []),
        "trap": trap,
        "luck": luck_figures([agent[compared] for agent in agents]),
        "agents": agents,
    }


def _agent_figures(block: Block, limits: Interval) -> dict[str, Any]:
    """The figures of one agent in one maze, whose returns lie between the `limits`."""
    results = block.results
    returns = [r.train_return for r in results]
    curve_means = [float(np.mean([value for _, value in r.curve])) for r in results if r.curve]
    goals = [r.train_success or 0.0 for r in results]  # None without a goal: `_count_solved_by_return` follows
    solved = sum(goal > SOLVED for goal in goals)
    first_rewards, first_successes = [r.first_reward_step for r in results], [r.first_success_step for r in results]
    return {
        "spec": block.agent,
        "learners": len(results),
        "steps": block.steps,
        "return": _summary(returns, limits),
        "success": {"solved": solved, "rate": solved / len(results), "ci": rate_interval(solved, len(results))},
        "held_out": _held_out(results, limits),
        "first_reward_steps": first_rewards,
        "median_first_reward": _median(first_rewards),
        "goal": _summary(goals, (0.0, 1.0)),
        "first_success_steps": first_successes,
        "median_first_success": _median(first_successes),
        "stuck": len(results) - solved,
        "curve": _curve(block, limits),
        "curve_mean": _summary(curve_means, limits) if curve_means else None,
        "steps_per_second": block.steps_per_second,
        "seconds": block.seconds,
        "returns": returns,
        "goals": goals,
        "curve_means": curve_means,
        "visits": _visits(results),
    }


def _count_solved_by_return(agent: dict[str, Any], threshold: float | None) -> None:
    """For an environment without goals: a learner solves it where its return reaches the threshold."""
    solved = None if threshold is None else sum(value >= threshold for value in agent["returns"])
    learners = agent["learners"]
    agent["success"] = {
        "solved": solved,
        "rate": None if solved is None else solved / learners,
        "ci": None if solved is None else rate_interval(solved, learners),
    }
    agent["stuck"] = None if solved is None else learners - solved
    agent |= {"goal": None, "goals": [], "first_success_steps": [], "median_first_success": None}


def _summary(scores: list[float], limits: Interval) -> dict[str, Any]:
    """The interquartile mean over learners and its interval, None for one learner."""
    return {"iqm": float(interquartile_mean(scores)), "ci": iqm_interval([scores], limits=limits)}


def _return_limits(blocks: list[Block], optimum: float | None) -> Interval:
    """The range of returns: from 0, or the least observed, to the planner's, or the most observed where it is greater.

    Where no planner knows the largest return, the largest observed one takes its place; 1 where none was positive.
    """
    seen = [r.train_return for block in blocks for r in block.results]
    seen += [value for block in blocks for r in block.results for _, value in r.curve]
    seen += [r.held_out_return for block in blocks for r in block.results if r.held_out_return is not None]
    highest = max(*seen, optimum) if optimum is not None else max(seen)
    lowest = min(0.0, *seen)
    return lowest, highest if highest > max(lowest, 0.0) else lowest + 1.0


def _add_comparisons(agents: list[dict[str, Any]], name: str, scores: str) -> None:
    """Compare each agent's `scores` with the baseline's, as `name`; nothing where one of them has none."""
    base, *others = agents
    others = [other for other in others if other[scores] and base[scores]]
    for other, result in zip(others, compare([other[scores] for other in others], base[scores]), strict=True):
        other[name] = {
            "over": base["spec"],
            "probability": result.probability,
            "ci": result.interval,
            "p_value": result.p_value,
            "p_value_holm": result.p_value_holm,
            "significant": result.significant,
            "learners_to_claim": _learners_to_claim(len(others)),
            "seeds_needed": seeds_needed(other[scores], base[scores]) if result.interval is not None else None,
        }


def _learners_to_claim(comparisons: int) -> int:
    """The fewest learners a side with which one of so many comparisons can be significant at all."""
    learners = 2
    while 2 * comparisons / math.comb(2 * learners, learners) > SIGNIFICANT:
        learners += 1
    return learners


def _median(steps: Sequence[int | None]) -> float | None:
    """The median step, None where it is never."""
    median = float(np.median([math.inf if step is None else step for step in steps]))
    return None if math.isinf(median) else median


def _score(earned: float, optimum: float | None) -> float | None:
    """A return as a share of the planner's; None where that is not known, or no positive return can be had."""
    return earned / optimum if optimum is not None and optimum > 0 else None


def _profile(returns: list[float], optimum: float | None) -> list[tuple[float, float, float, float]]:
    """(score, share, low, high): the share of learners above each score; empty where scores are not known.

    It shows what a mean hides: some learners solving and the others stuck, or all of them halfway.
    """
    scores = [score for value in returns if (score := _score(value, optimum)) is not None]
    return performance_profile(scores) if scores else []


def _held_out(results: Sequence[LearnerResult], limits: Interval) -> dict[str, Any]:
    """The figures on held-out layouts, None each where the maze has none."""
    returns = [r.held_out_return for r in results if r.held_out_return is not None]
    success = [r.held_out_success for r in results if r.held_out_success is not None]
    if not returns:
        return {"return": None, "ci": None, "success": None}
    summary = _summary(returns, limits)
    return {"return": summary["iqm"], "ci": summary["ci"], "success": float(np.mean(success))}


def _visits(results: Sequence[LearnerResult]) -> list[list[int]]:
    """How often all learners together stepped to the cell x, y; empty where one of them did not count."""
    if not all(r.visits for r in results):
        return []
    total: list[list[int]] = np.sum([r.visits for r in results], axis=0).tolist()
    return total


def _curve(block: Block, limits: Interval) -> list[list[float | None]]:
    """[step, iqm, low, high] at every evaluation that all learners share; low and high are None for one learner."""
    points = []
    for rows in zip(*(r.curve for r in block.results), strict=False):
        summary = _summary([value for _, value in rows], limits)
        low, high = summary["ci"] or (None, None)
        points.append([rows[0][0], summary["iqm"], low, high])
    return points
