"""The results in a maze in sentences: which agents solved it, at what cost, and which differ from the baseline.

`headline` says it of the best agent in a few lines, `sentence` of all of them.

A difference is claimed only where it is significant (see `figures`). Where it is not, the sentence says so, and how
many learners it takes where there are too few to show any difference.
"""

from typing import Any

from escapade.statistics import mean_ranks


def headline(maze: dict[str, Any]) -> str:
    """The verdict on one maze in short: the agent that solved it most often, against the baseline, and its cost."""
    base, *others = maze["agents"]
    best = max(maze["agents"], key=lambda agent: (agent["success"]["rate"] or 0.0, _level(agent, maze)))
    if best["success"]["solved"] is None:
        return f"{maze['id']}: {_best_return(best)}{_against(best, base)}. {_others(best, others, base)}".rstrip()
    if best["success"]["solved"] == 0:
        none = ", ".join(agent["spec"] for agent in maze["agents"])
        return f"{maze['id']}: no learner {_verb(maze)} ({none}). {_others(None, others, base)}".rstrip()
    parts = [f"{maze['id']}: {best['spec']} {_verb(maze)} with {_rate(best)}"]
    if best is not base:
        parts.append(f"{base['spec']} with {_rate(base)}")
    text = f"{', '.join(parts)}{_against(best, base)}."
    return " ".join(part for part in (text, _cost(best, maze), _others(best, others, base)) if part)


def held_out_lines(maze: dict[str, Any]) -> list[str]:
    """Which agents do worse on layouts that they were not trained on: where the two 95 % intervals do not overlap."""
    lines = []
    for agent in maze["agents"]:
        trained, other = agent["return"], agent["held_out"]
        if trained["ci"] is not None and other["ci"] is not None and other["ci"][1] < trained["ci"][0]:
            held_out = f"{other['return']:.2f}{_bracketed(other['ci'])}"
            training = f"{trained['iqm']:.2f}{_bracketed(trained['ci'])}"
            lines.append(
                f"On held-out layouts the return of {agent['spec']} is {held_out}, on training layouts {training}."
            )
    return lines


def _level(agent: dict[str, Any], maze: dict[str, Any]) -> float:
    curve = agent["curve_mean"]
    return float(agent["goal" if maze.get("trap") else "return"]["iqm"]) + (0.0 if curve is None else curve["iqm"])


def _best_return(agent: dict[str, Any]) -> str:
    return f"{agent['spec']} had the highest return, {agent['return']['iqm']:.2f}{_bracketed(agent['return']['ci'])}"


def _rate(agent: dict[str, Any]) -> str:
    success = agent["success"]
    ends = "" if success["ci"] is None else f" [{success['ci'][0]:.0%}, {success['ci'][1]:.0%}]"
    return f"{success['solved']} of {agent['learners']} learners{ends}"


def _against(best: dict[str, Any], base: dict[str, Any]) -> str:
    """Whether the difference from the baseline is significant, with its statistics; empty for the baseline itself."""
    comparison = best.get("improvement")
    if best is base or comparison is None:
        return ""
    if comparison["ci"] is None:
        return ": with one learner no difference can be tested"
    statistics = f"P(better) {comparison['probability']:.2f}{_bracketed(comparison['ci'])}"
    statistics += f", p = {_p_value(comparison['p_value_holm'])}"
    if comparison["significant"]:
        return f": {'better' if comparison['probability'] > 0.5 else 'worse'} than {base['spec']} ({statistics})"
    fewest = comparison["learners_to_claim"]
    few = (
        f"; significance needs at least {fewest} learners of each"
        if min(best["learners"], base["learners"]) < fewest
        else ""
    )
    return f": no significant difference ({statistics}{few})"


def _cost(agent: dict[str, Any], maze: dict[str, Any]) -> str:
    """What the agent's median learner needed to half and to 90 % of what can be had."""
    cost = agent.get("cost") or {}
    if not cost:
        return ""
    whole = "the planner's return" if maze["optimum"] is not None else f"the return that solves it, {maze['threshold']}"
    first = cost["half"]
    if first["steps"] is None:
        return f"Its median learner never reached half of {whole}."
    text = f"Its median learner reached half of {whole} after {first['steps']:,.0f} steps ({first['seconds']:,.0f} s)"
    last = cost["most"]
    if last["steps"] is None:
        return f"{text}, and did not reach 90 %."
    return f"{text}, 90 % after {last['steps']:,.0f} ({last['seconds']:,.0f} s)."


def _others(best: dict[str, Any] | None, others: list[dict[str, Any]], base: dict[str, Any]) -> str:
    """Which agents besides the best differ significantly from the baseline, and which do not."""
    groups: dict[str, list[str]] = {"better": [], "worse": [], "not": []}
    for other in others:
        comparison = other.get("improvement")
        if other is not best and comparison is not None:
            direction = "better" if comparison["probability"] > 0.5 else "worse"
            groups[direction if comparison["significant"] else "not"].append(other["spec"])
    said = [
        f"Significantly {direction} than {base['spec']}{' too' if best and direction == 'better' else ''}: "
        f"{', '.join(groups[direction])}."
        for direction in ("better", "worse")
        if groups[direction]
    ]
    if groups["not"]:
        said.append(f"No significant difference from {base['spec']}: {', '.join(groups['not'])}.")
    return " ".join(said)


def _verb(maze: dict[str, Any]) -> str:
    return "reached the true goal" if maze.get("trap") else "solved it"


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
    if agent["success"]["solved"] is None:
        return f"had return {agent['return']['iqm']:.2f}{_bracketed(agent['return']['ci'])}"
    return f"{_verb(maze)} with {agent['success']['solved']} of {agent['learners']} learners"


def _compared(other: dict[str, Any], base: dict[str, Any], maze: dict[str, Any]) -> str:
    comparison = other["improvement"]
    if comparison["ci"] is None:
        return f"(with one learner no difference from {base['spec']} can be tested)"
    statistics = (
        f"P(better) {comparison['probability']:.2f}{_bracketed(comparison['ci'])}, "
        f"p = {_p_value(comparison['p_value_holm'])}"
    )
    if comparison["significant"]:
        direction = "better" if comparison["probability"] > 0.5 else "worse"
        return f"and did {direction} than {base['spec']} ({statistics})"
    fewest = comparison["learners_to_claim"]
    if min(other["learners"], base["learners"]) < fewest:
        least = f"significance needs at least {fewest} learners of each"
        return f"(no significant difference from {base['spec']}: {statistics}; {least})"
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
