"""Performance profiles as a picture: per agent the share of learners above each score, with Wilson's 95 % interval.

A profile shows what a mean hides: some learners solving and the others stuck, or all of them halfway (Agarwal et al.
2021). A score of 1 is the planner's return.
"""

from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from escapade.report import pictures


def plots(mazes: list[dict[str, Any]], folder: Path) -> list[Path]:
    """Draw the profiles of every maze whose scores are known into `folder`; the paths of the pictures."""
    made = []
    for maze in mazes:
        # Results of an older version have none.
        profiles = [(agent["spec"], agent["profile"]) for agent in maze["agents"] if agent.get("profile")]
        if profiles:
            made += pictures.save(_picture(maze["id"], profiles), folder, "profile", maze["id"])
    return made


def _picture(title: str, profiles: list[tuple[str, list[list[float]]]]) -> Figure:
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot()
    for place, (spec, profile) in enumerate(profiles):
        pictures.curve(axes, place, len(profiles), spec, *zip(*profile, strict=True))
    axes.set(title=title, xlabel="score, the return as a share of the planner's", ylabel="learners above it")
    axes.set_ylim(-0.03, 1.03)
    axes.legend(fontsize="small")
    return figure
