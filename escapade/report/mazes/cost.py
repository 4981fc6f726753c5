"""What it costs to reach a share of the planner's return: environment steps of a learner, and seconds of training.

A learner has reached it at its first evaluation on training layouts that is no lower; one that never was counts as
infinitely late. Reported are the median over learners and its distribution-free interval. The learners of an agent are
trained together, so seconds are those of all of them, evaluation apart, at the mean speed of the training.
"""

import math
from collections.abc import Sequence
from typing import Any

from agents.training.results import LearnerResult
from escapade.statistics import median, median_interval

SHARES = {"half": 0.5, "most": 0.9}  # of the planner's return


def cost_figures(results: Sequence[LearnerResult], steps_per_second: float, optimum: float | None) -> dict[str, Any]:
    """Per name of `SHARES`: the median steps, their interval, seconds, and how many learners reached it.

    None stands for never in steps, seconds and the ends of the interval, and for an interval that is not known. Empty
    where the planner's return is not known, or not above zero.
    """
    if optimum is None or optimum <= 0 or not all(result.curve for result in results):
        return {}
    rate = steps_per_second / len(results)
    return {name: _reached(results, rate, share * optimum) for name, share in SHARES.items()}


def seconds_at(step: float, agent: dict[str, Any]) -> float:
    """Seconds of training, evaluation apart, until all learners of an agent's figures had made `step` steps each."""
    return step * float(agent["learners"]) / float(agent["steps_per_second"])


def reached(agent: dict[str, Any], name: str) -> str:
    """`34.2k 12s` (steps and seconds), `never`, or `unknown` for a cost of an agent's figures."""
    cost = (agent.get("cost") or {}).get(name)
    if cost is None:
        return "unknown"
    if cost["steps"] is None:
        return "never"
    return f"{_short(cost['steps'])} {cost['seconds']:,.0f}s"


def reached_by_planner(planner: dict[str, Any], name: str, optimum: float | None) -> str:
    """`7.58k 0.003s`, the simulated steps and seconds of one layout, `never`, or nothing where it is not known."""
    if planner["return"] is None or optimum is None or optimum <= 0:
        return ""
    if planner["return"] < SHARES[name] * optimum:
        return "never"
    return f"{_short(planner['simulated'])} {planner['seconds']:.1g}s"


def _short(steps: float) -> str:
    unit, size = ("", 1.0) if steps < 999.5 else ("k", 1e3) if steps < 999.5e3 else ("M", 1e6)
    return f"{steps / size:.3g}{unit}"


def _reached(results: Sequence[LearnerResult], rate: float, target: float) -> dict[str, Any]:
    steps = [next((float(step) for step, value in r.curve if value >= target), math.inf) for r in results]
    middle, interval = median(steps), median_interval(steps)
    return {
        "steps": _known(middle),
        "ci": None if interval is None else [_known(end) for end in interval],
        "seconds": _known(middle / rate),
        "learners": sum(map(math.isfinite, steps)),
    }


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
