"""The tables of the documents, between their markers, and the figures of learning curves."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib import rc_context

from agents.dqn.settings import DQNSettings
from agents.mazes.maze_spec import short_name
from benchmarks import replace
from benchmarks.evidence.sweeps import Recorded, planned, recorded, recorded_integrations
from escapade.report.mazes.cost import SHARES, reached
from escapade.report.mazes.curves import picture
from escapade.report.mazes.figures import maze_figures
from escapade.report.setup import settings_text

ROOT = Path(__file__).parents[2]
RESULTS, README, FIGURES = ROOT / "docs" / "results.md", ROOT / "README.md", ROOT / "docs" / "figures"
STABLE_BASELINES3 = ROOT / "docs" / "stable_baselines3.md"
SHOWN = "epsilon-greedy", "count", "rnd", "icm"  # the agents of the README's table


def write() -> None:
    """Fill the markers `<!-- sweep NAME -->` and `<!-- escapes -->` in the documents, and draw the figures."""
    sweeps = recorded() + recorded_integrations()
    parts = contents(sweeps)
    for document in (RESULTS, README, STABLE_BASELINES3):
        replace(document, filled(document.read_text("utf-8"), parts))
    FIGURES.mkdir(exist_ok=True)
    for sweep in sweeps:
        for maze in figures(sweep):
            # The same bytes for the same figures.
            with rc_context({"svg.hashsalt": "escapade"}):
                picture(maze).savefig(FIGURES / figure(sweep, maze), metadata={"Date": None})


def contents(sweeps: list[Recorded]) -> dict[str, str]:
    """What belongs between which markers."""
    return {f"sweep {sweep.name}": table(sweep) for sweep in sweeps} | {"escapes": escapes(sweeps)}


def filled(text: str, parts: dict[str, str]) -> str:
    """The text with every part between its markers `<!-- NAME -->` and `<!-- end -->`."""
    for name, part in parts.items():
        text = re.sub(
            rf"(<!-- {re.escape(name)} -->\n).*?(<!-- end -->)",
            lambda match, part=part: f"{match[1]}\n{part}\n\n{match[2]}",
            text,
            flags=re.DOTALL,
        )
    return text


def tables(sweeps: Sequence[Recorded]) -> str:
    """The tables of recorded sweeps, each after its name."""
    return "\n\n".join(f"{sweep.name}\n\n{table(sweep)}" for sweep in sweeps) or "nothing is recorded"


def figures(sweep: Recorded) -> list[dict[str, Any]]:
    """What a report says of each maze of the sweep."""
    return maze_figures(sweep.blocks, sweep.optima)


def table(sweep: Recorded) -> str:
    """A sweep as Markdown: what it was made with, and a table for each of its mazes."""
    made = ", ".join(f"{name} {value}" for name, value in sweep.made.items() if name not in ("day", "machine"))
    lines = [
        f"`python -m benchmarks {sweep.benchmark} --run {sweep.name}`, {sweep.made['day']}, {sweep.made['machine']}, "
        f"{made}."
    ]
    if changed := settings_text(sweep.dqn):
        lines[0] += f" DQN settings that are not today's defaults: {changed}."
    for maze in figures(sweep):
        agents = maze["agents"]
        optimum = "not known" if maze["optimum"] is None else f"{maze['optimum']:.3f}"
        lines += [
            "",
            f"**{maze['id']}**, {agents[0]['steps']:,} steps per learner; the planner's return: {optimum}.",
            *planner_lines([each for each in sweep.planners if each["maze"] == maze["id"]]),
            "",
            "| agent | out of | return | held out | first reward | half | 90 % | P(better) | seconds |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
        lines += ["| " + " | ".join(_row(agent)) + " |" for agent in agents]
    return "\n".join(lines)


def planner_lines(planners: list[dict[str, Any]]) -> list[str]:
    """What the planners with a budget get in a maze, in a sentence; nothing where they are not recorded."""
    returns = [f"{each['method']} {each['return']:.3f}" for each in planners if each["return"] is not None]
    if not returns:
        return []
    return [
        f"With {planners[0]['budget']:,} simulated steps for each layout, mean over {planners[0]['layouts']} layouts: "
        f"{', '.join(returns)}."
    ]


def _row(agent: dict[str, Any]) -> list[str]:
    held_out = agent["held_out"]
    improvement = agent.get("improvement")
    return [
        f"`{agent['spec']}`",
        f"{agent['success']['solved']} of {agent['learners']}",
        interval(agent["return"]["iqm"], agent["return"]["ci"]),
        "–" if held_out["return"] is None else interval(held_out["return"], held_out["ci"]),
        steps(agent["median_first_reward"]),
        *(reached(agent, name) for name in SHARES),
        "–" if improvement is None else interval(improvement["probability"], improvement["ci"]),
        f"{agent['seconds']:,.0f}",
    ]


def escapes(sweeps: list[Recorded]) -> str:
    """The README's table: a row per maze, a column per agent with its return and how many learners escaped."""
    lines = ["| maze (steps) | planner | ε-greedy | Count | RND | ICM |", "|---|---|---|---|---|---|"]
    for sweep in sweeps:
        for maze in figures(sweep):
            agents = {agent["spec"]: agent for agent in maze["agents"]}
            if not is_of_the_table(sweep, maze):
                continue
            cells = [_cell(agents[name]) for name in SHOWN]
            planner = "–" if maze["optimum"] is None else f"{maze['optimum']:.2f}"
            run = ", ".join(filter(None, [steps(maze["agents"][0]["steps"]), settings_text(sweep.dqn)]))
            lines.append(f"| {short(maze['id'])} ({run}) | {planner} | {' | '.join(cells)} |")
    return "\n".join(lines)


def is_of_the_table(sweep: Recorded, maze: dict[str, Any]) -> bool:
    """Whether a maze of a sweep is a row of the README's table: its agents, and the default settings of the DQN."""
    planned_sweep = planned().get(sweep.name)
    defaults = planned_sweep is None or planned_sweep.plan.dqn == DQNSettings()
    return defaults and {agent["spec"] for agent in maze["agents"]} == set(SHOWN)


def figure(sweep: Recorded, maze: dict[str, Any]) -> str:
    """The file name of a maze's learning curves: the maze's own where it is a row of the README's table."""
    name = short(maze["id"])
    return f"{name}.svg" if is_of_the_table(sweep, maze) else f"{sweep.name}-{name}.svg"


def _cell(agent: dict[str, Any]) -> str:
    solved = f"{agent['success']['solved']} of {agent['learners']}"
    return f"{interval(agent['return']['iqm'], agent['return']['ci'])}, {solved}"


def interval(value: float, limits: tuple[float, float] | None) -> str:
    """A figure with its 95 % interval."""
    return f"{value:.2f}" if limits is None else f"{value:.2f} [{limits[0]:.2f}, {limits[1]:.2f}]"


def steps(number: float | None) -> str:
    """Environment steps in thousands."""
    return "–" if number is None else f"{number / 1000:.0f}k" if number >= 9_950 else f"{number / 1000:.1f}k"


def short(maze: str) -> str:
    """An id without its namespace and version."""
    return re.sub(r"-v\d+$", "", short_name(maze))
