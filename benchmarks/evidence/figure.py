"""The learning curves of one maze: the interquartile mean over learners with its band, against steps."""

from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

# Okabe & Ito's colours, which are told apart by colour-blind readers; each with a marker, where lines coincide.
COLOURS = "#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442"
MARKERS = "o", "s", "^", "D", "v", "P", "X", "*"


def draw(maze: dict[str, Any], path: Path) -> None:
    """Draw what a report says of a maze (`maze_figures`) into an SVG file, the same bytes for the same figures."""
    picture = Figure(figsize=(6.4, 3.6), layout="constrained")
    axes = picture.subplots()
    for number, agent in enumerate(maze["agents"]):
        look = number % len(COLOURS)
        at, iqm, low, high = zip(*agent["curve"], strict=True)
        thousands = [step / 1000 for step in at]
        axes.plot(thousands, iqm, color=COLOURS[look], marker=MARKERS[look], markersize=4, label=agent["spec"])
        if None not in low:
            axes.fill_between(thousands, low, high, color=COLOURS[look], alpha=0.15, linewidth=0)
    if maze["optimum"] is not None:
        axes.axhline(maze["optimum"], color="#777777", linestyle="--", linewidth=1, label="planner")
    axes.set(xlabel="environment steps per learner (thousands)", ylabel="return", title=maze["id"])
    axes.set_ylim(min(0.0, *axes.get_ylim()), None)
    axes.legend(frameon=False, fontsize="small")
    with rc_context({"svg.hashsalt": "escapade"}):
        picture.savefig(path, metadata={"Date": None})
