"""What the experiments of examples/ gave, as recorded by `python -m benchmarks evidence --results`, for docs/why.md."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from agents.mazes import parse_maze
from benchmarks.evidence.document import interval, short
from benchmarks.evidence.sweeps import recorded_experiments
from docs.generator import evidence
from docs.generator.markdown import NOT_MEASURED
from escapade.report.markdown import table
from escapade.report.mazes.comparison import compare
from escapade.report.mazes.cost import reached
from escapade.report.mazes.figures import maze_figures
from escapade.report.mazes.luck import luck_lines
from escapade.report.setup import settings_text
from escapade.statistics import mean_ranks

SEVERAL = 2  # mazes that ranks need


@functools.cache
def figures(name: str) -> list[dict[str, Any]]:
    """What a report says of each maze of this experiment; empty where it is not recorded."""
    experiment = recorded_experiments().get(name)
    return [] if experiment is None else maze_figures(experiment.blocks, experiment.optima)


def layouts() -> str:
    """Returns on training layouts and on held-out ones by the number of training layouts."""
    rows = [
        (
            f"{parse_maze(maze['id']).train_layouts:,}",
            f"`{agent['spec']}`",
            interval(agent["return"]["iqm"], agent["return"]["ci"]),
            interval(agent["held_out"]["return"], agent["held_out"]["ci"]),
        )
        for maze in figures("overfitting")
        for agent in maze["agents"]
    ]
    return _table(("training layouts", "agent", "return on them", "on held-out layouts"), rows, "overfitting")


def luck() -> str:
    """The spread of the learners, and the verdict of fewer of them."""
    lines = [f"- {line}" for maze in figures("instability") for line in luck_lines(maze)]
    return "\n".join(lines) + _settings("instability") if lines else _missing("instability")


def maze_scale() -> str:
    """What agents reach where every reward of a maze is multiplied; returns are divided by the factor again."""
    rows = []
    for maze in figures("reward-scale"):
        factor = parse_maze(maze["id"]).reward_scale
        for agent in maze["agents"]:
            low, high = agent["return"]["ci"]
            value = interval(agent["return"]["iqm"] / factor, (low / factor, high / factor))
            rows.append((f"× {factor:g}", f"`{agent['spec']}`", _solved(agent), value, reached(agent, "most")))
    names = ("rewards", "agent", "learners that solve it", "return / factor", "90 % of the planner's return")
    return _table(names, rows, "reward-scale")


def implementations() -> str:
    """Our DQN and that of Stable-Baselines3 with the same settings."""
    ours, theirs = figures("implementations"), figures("implementations-sb3")
    if not (ours and theirs):
        return _missing("implementations")
    rows = []
    for maze, other in zip(ours, theirs, strict=True):
        for library, agent in (("Escapade", maze["agents"][0]), ("Stable-Baselines3", other["agents"][0])):
            value = interval(agent["return"]["iqm"], agent["return"]["ci"])
            rows.append((library, _solved(agent), value, *(reached(agent, name) for name in ("half", "most"))))
    (result,) = compare([theirs[0]["agents"][0]["returns"]], ours[0]["agents"][0]["returns"])
    verdict = "significant" if result.significant else "not significant"
    names = ("DQN of", "learners that solve it", "return", "half of the planner's return", "90 %")
    return (
        f"{table(names, rows)}\n\nThe probability that a learner of Stable-Baselines3 beats one of Escapade is "
        f"{interval(result.probability, result.interval)}: the difference is {verdict}.{_settings('implementations')}"
    )


def transfer() -> str:
    """Agents that start from networks which explored without a reward, and agents that start from new ones."""
    starts = {"transfer-scratch": "new networks", "transfer-fine-tune": "after exploring"}
    if not all(map(figures, starts)):
        return _missing("transfer-fine-tune")
    rows = []
    agents = {name: figures(name)[0]["agents"] for name in starts}
    for pair in zip(*agents.values(), strict=True):
        for start, agent in zip(starts.values(), pair, strict=True):
            value = interval(agent["return"]["iqm"], agent["return"]["ci"])
            rows.append((f"`{agent['spec']}`", start, _solved(agent), value, reached(agent, "half")))
    results = [
        compare([tuned["curve_means"]], scratch["curve_means"])[0]
        for scratch, tuned in zip(*agents.values(), strict=True)
    ]
    names = ("agent", "starts with", "learners that solve it", "return", "half of the planner's return")
    chances = "; ".join(
        f"`{scratch['spec']}` {interval(result.probability, result.interval)}"
        for scratch, result in zip(agents["transfer-scratch"], results, strict=True)
    )
    return (
        f"{table(names, rows)}\n\nThe probability that the mean return over the training is greater after exploring: "
        f"{chances}.{_settings('transfer-fine-tune')}"
    )


def ranks() -> str:
    """Mean ranks of the agents over the mazes in which all of them are recorded."""
    agents = (evidence.BASELINE, "count", "rnd", "icm")
    scores: dict[str, Mapping[str, Sequence[float]]] = {}
    for name in evidence.recordings():
        for maze in evidence.figures(name):
            compared = (
                "returns" if maze["trap"] is None else "goals"
            )  # in a trap the better return may be the worse agent
            of_maze = {agent["spec"]: agent[compared] for agent in maze["agents"]}
            if set(agents) <= set(of_maze):
                scores.setdefault(maze["id"], of_maze)
    if len(scores) < SEVERAL:
        return _missing("no-method-everywhere")
    rows = [
        (f"`{each.agent}`", interval(each.rank, each.interval))
        for each in mean_ranks({agent: [of_maze[agent] for of_maze in scores.values()] for agent in agents})
    ]
    mazes = ", ".join(short(maze) for maze in scores)
    return f"{table(('agent', 'mean rank (1: the best)'), rows)}\n\nOver {len(scores)} mazes: {mazes}."


def _solved(agent: Mapping[str, Any]) -> str:
    return f"{agent['success']['solved']} of {agent['learners']}"


def _table(names: Sequence[str], rows: Sequence[Sequence[str]], experiment: str) -> str:
    return table(names, rows) + _settings(experiment) if rows else _missing(experiment)


def _settings(experiment: str) -> str:
    """A line with the settings of the DQN that are not today's defaults; empty where there are none."""
    changed = settings_text(recorded_experiments()[experiment].dqn)
    return f"\n\nDQN settings that are not today's defaults: {changed}." if changed else ""


def _missing(experiment: str) -> str:
    return f"This is {NOT_MEASURED}: `examples/{experiment}.toml` is not recorded."
