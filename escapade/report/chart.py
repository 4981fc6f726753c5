"""Curves in the terminal, drawn by plotext: one letter per curve, so that they differ without colour too."""

from collections.abc import Sequence

import plotext
from rich.text import Text

from escapade.terminal.lines import joined

HEIGHT, LOW = 16, 12
WIDEST = 110
COLOURS = ("blue", "orange", "green", "red", "magenta", "cyan", "gray", "yellow")

Series = tuple[str, Sequence[float], Sequence[float]]  # label, across, up


def chart(
    series: Sequence[Series],
    *,
    title: str,
    across: str,
    width: int,
    height: int = HEIGHT,
    limits: tuple[float, float] | None = None,
    logarithmic: bool = False,
) -> Text:
    """A chart at most `width` cells wide and `height` high, its legend below it.

    limits: the lowest and the highest value of the upright axis; by the curves where they are None.
    """
    width = min(width, WIDEST)
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plotsize(width, height)
    plotext.title(title)
    plotext.xlabel(across)
    if logarithmic:
        plotext.xscale("log")
    if limits is not None:
        plotext.ylim(*limits)
    legend: list[str] = []
    for place, (label, steps, values) in enumerate(series):
        letter, colour = chr(ord("a") + place % 26), COLOURS[place % len(COLOURS)]
        plotext.plot(list(steps), list(values), marker=letter, color=colour)
        legend.append(f"{letter} {label}")
    drawn = Text.from_ansi(plotext.build())
    drawn.append("\n" + "\n".join(joined(legend, "   ", width)) + "\n")
    return drawn
