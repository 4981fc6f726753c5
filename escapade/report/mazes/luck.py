"""How the learners of one agent differ, and what the comparison would have been with fewer of them.

Learners of one agent differ in their seed alone. Where there are many, the comparison of the report is repeated with
few: so many learners are drawn at random from each agent, without replacement, and compared as the report compares all.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from escapade.report.mazes.comparison import compare
from explore.numerics.seeding import stream

FEWEST = 20  # learners of every agent from which on luck is reported
SIZES = (3, 5, 10)
DRAWS = 200


def luck_figures(scores: Sequence[Sequence[float]]) -> list[dict[str, Any]]:
    """Per size of `SIZES` the share of draws in which each agent differs from the first one; empty with few learners.

    scores: of the learners of each agent, the baseline first. Each dictionary has `learners` (the size), and per agent
    but the first `better` and `worse`, the shares of draws in which the agent is significantly so, and `reversed`, the
    share in which the probability of improvement lies on the other side of ½ than with all learners.
    """
    if len(scores) < 2 or min(map(len, scores)) < FEWEST:
        return []
    whole = np.array([each.probability for each in compare(scores[1:], scores[0])])
    rng = stream(0, "luck")
    figures = []
    for size in SIZES:
        probability = np.empty((DRAWS, len(scores) - 1))
        significant = np.empty_like(probability, dtype=bool)
        for draw in range(DRAWS):
            base, *others = [rng.choice(each, size, replace=False).tolist() for each in scores]
            results = compare(others, base)
            probability[draw] = [each.probability for each in results]
            significant[draw] = [each.significant for each in results]
        figures.append(
            {
                "learners": size,
                "better": (significant & (probability > 0.5)).mean(0).tolist(),
                "worse": (significant & (probability < 0.5)).mean(0).tolist(),
                "reversed": ((probability - 0.5) * (whole - 0.5) < 0).mean(0).tolist(),
            }
        )
    return figures


def luck_lines(maze: dict[str, Any]) -> list[str]:
    """The spread of each agent's learners, and how often fewer learners give the same verdict; empty with few."""
    lines = [
        f"{agent['spec']}, {agent['learners']} learners that differ in their seed alone: return {_spread(agent)}."
        for agent in maze["agents"]
        if agent["learners"] >= FEWEST
    ]
    luck = maze.get("luck") or []
    base, *others = maze["agents"]
    for place, agent in enumerate(others if luck else []):
        direction = "better" if agent["improvement"]["probability"] >= 0.5 else "worse"
        shares = ", ".join(f"{each[direction][place]:.0%} of those of {each['learners']}" for each in luck)
        opposite = ", ".join(f"{each['reversed'][place]:.0%}" for each in luck)
        whole = "is" if agent["improvement"]["significant"] else "is not"
        lines.append(
            f"Random subsets of the learners of each agent: {agent['spec']} is significantly {direction} than "
            f"{base['spec']} in {shares}; with all {agent['learners']} it {whole}. The order of the two is reversed in "
            f"{opposite} of the subsets."
        )
    return lines


def _spread(agent: dict[str, Any]) -> str:
    least, first, middle, third, most = np.quantile(agent["returns"], [0, 0.25, 0.5, 0.75, 1])
    return f"worst {least:.2f}, quartiles {first:.2f}, {middle:.2f} and {third:.2f}, best {most:.2f}"
