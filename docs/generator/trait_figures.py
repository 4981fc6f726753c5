"""Where a bonus stands among all built-in ones: a picture of the traits that matter for the choice."""

from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, StrMethodFormatter

from docs.generator.traits import CHOICE, recorded_traits

LOGARITHMIC = ("cost of observe", "cost of score")
OTHERS, THIS = "0.65", "#0072b2"


def draw(name: str, names: list[str], path: Path) -> None:
    """Draw a line per trait, with a dot for each bonus and this one in colour with its 95 % interval."""
    figure = Figure(figsize=(8, 0.62 * len(CHOICE)), layout="constrained")
    for axes, (trait, heading, _) in zip(figure.subplots(len(CHOICE), 1), CHOICE, strict=True):
        for other in names:
            value = recorded_traits(other).get(trait)
            if value is not None and other != name:
                axes.plot(value[0], 0, "o", color=OTHERS, markersize=6, markeredgewidth=0, alpha=0.7)
        own = recorded_traits(name).get(trait)
        if own is not None:
            axes.plot(own[1:], (0, 0), color=THIS, linewidth=2)
            axes.plot(own[0], 0, "D", color=THIS, markersize=8)
        if trait in LOGARITHMIC:
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
            axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_yticks([])
        axes.set_ylabel(heading, rotation=0, ha="right", va="center", fontsize="small")
        axes.tick_params(labelsize="x-small")
        for side in ("top", "left", "right"):
            axes.spines[side].set_visible(False)
    with rc_context({"svg.hashsalt": "escapade"}):
        figure.savefig(path, metadata={"Date": None})
