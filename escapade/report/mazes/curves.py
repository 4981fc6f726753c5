"""Learning curves as a picture: the return against steps and against seconds, interquartile mean and 95 % band."""

from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from escapade.report import pictures
from escapade.report.mazes.cost import seconds_at


def plots(mazes: list[dict[str, Any]], folder: Path) -> list[Path]:
    """Draw the curves of every maze that has some into `folder`; the paths of the pictures."""
    made = []
    for maze in mazes:
        if any(agent["curve"] for agent in maze["agents"]):
            made += pictures.save(picture(maze), folder, "curve", maze["id"])
    return made


def picture(maze: dict[str, Any]) -> Figure:
    """The curves of all agents in one maze: against steps on the left, against seconds on the right."""
    figure = Figure(figsize=(10, 4.4), layout="constrained")
    figure.suptitle(maze["id"], fontsize="medium")
    by_steps, by_seconds = figure.subplots(1, 2, sharey=True)
    agents = [agent for agent in maze["agents"] if agent["curve"]]
    for place, agent in enumerate(agents):
        steps, means, low, high = zip(*agent["curve"], strict=True)
        pictures.curve(by_steps, place, len(agents), agent["spec"], steps, means, low, high)
        seconds = [seconds_at(step, agent) for step in steps]
        pictures.curve(by_seconds, place, len(agents), agent["spec"], seconds, means, low, high)
    for axes, across in ((by_steps, "steps per learner"), (by_seconds, "seconds of training all learners")):
        if maze["optimum"] is not None:
            axes.axhline(maze["optimum"], color="0.5", linewidth=1, linestyle=":", label="planner")
        axes.set_xlabel(across)
    by_steps.set_ylabel("return on training layouts")
    by_steps.legend(fontsize="small")
    return figure
