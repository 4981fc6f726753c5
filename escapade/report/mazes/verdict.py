"""What happened in a maze, in sentences: who solved it, who did better than the baseline, how surely.

A difference is claimed only where it is significant (see `figures`). Where it is not, the sentence says so, and how
many learners it takes where there are too few to show any difference.
"""

from typing import Any

from escapade.statistics import mean_ranks


def sentence(maze: dict[str, Any]) -> str:
    """The verdict on one maze."""
    base, *others = maze["agents"]
    parts = [f"{other['spec']} {_solved(other, maze)} {_compared(other, base, maze)}" for other in others]
    parts.append(f"{base['spec']} {_solved(base, maze)}")
    return f"{maze['id']}: {'; '.join(parts)}."


def rank_sentence(mazes: list[dict[str, Any]]) -> str | None:
    """Which agent ranks best over all mazes; None for one maze, one agent, or agents that differ between mazes."""
    specs = [tuple(agent["spec"] for agent in maze["agents"]) for maze in mazes]
    if len(mazes) < 2 or len(set(specs)) != 1 or len(specs[0]) < 2:
        return None
    scores = {
        spec: [maze["agents"][place]["goals" if maze.get("trap") else "returns"] for maze in mazes]
        for place, spec in enumerate(specs[0])
    }
    ranks = mean_ranks(scores)
    shown = ", ".join(f"{each.agent} {each.rank:.1f}{_bracketed(each.interval, '.1f')}" for each in ranks)
    return f"Mean rank over {len(mazes)} mazes, 1 is the best [95 %]: {shown}."


def _solved(agent: dict[str, Any], maze: dict[str, Any]) -> str:
    what = "reached the true goal" if maze.get("trap") else "solved it"
    return f"{what} in {agent['success']['solved']} of {agent['learners']} learners"


def _compared(other: dict[str, Any], base: dict[str, Any], maze: dict[str, Any]) -> str:
    comparison = other["improvement"]
    if comparison["ci"] is None:
        return f"(one learner is no evidence of a difference from {base['spec']})"
    statistics = (
        f"P(better) {comparison['probability']:.2f}{_bracketed(comparison['ci'])}, "
        f"p = {_p_value(comparison['p_value_holm'])}"
    )
    if comparison["significant"]:
        direction = "better" if comparison["probability"] > 0.5 else "worse"
        return f"and did {direction} than {base['spec']} ({statistics})"
    fewest = comparison["learners_to_claim"]
    if min(other["learners"], base["learners"]) < fewest:
        return f"(no significant difference from {base['spec']}: {statistics}; needs {fewest} learners of each or more)"
    faster = "" if maze.get("trap") else _faster(other, base)  # the curve is of returns
    return f"(no significant difference from {base['spec']} at the end: {statistics}{faster})"


def _faster(other: dict[str, Any], base: dict[str, Any]) -> str:
    """Who learned faster, where the ends do not differ; nothing where the learning curves do not differ either."""
    comparison = other.get("faster")
    if comparison is None or not comparison["significant"]:
        return ""
    direction = "faster" if comparison["probability"] > 0.5 else "more slowly"
    means = " against ".join(
        f"{each['iqm']:.2f}{_bracketed(each['ci'])}" for each in (other["curve_mean"], base["curve_mean"])
    )
    return f"; it learned {direction}: mean return over the training {means}"


def _bracketed(interval: tuple[float, float] | None, form: str = ".2f") -> str:
    return "" if interval is None else f" [{interval[0]:{form}}, {interval[1]:{form}}]"


def _p_value(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else f"{value:.0e}"
