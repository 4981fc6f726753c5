"""Curves in the terminal, drawn by plotext: one letter per curve, so that they differ without colour too."""

from collections.abc import Sequence
from typing import Any

import plotext
from rich.text import Text

HEIGHT = 16
WIDEST = 110
COLOURS = ("blue", "orange", "green", "red", "magenta", "cyan", "gray", "yellow")

Series = tuple[str, Sequence[float], Sequence[float]]  # label, across, up


def chart(series: Sequence[Series], *, title: str, across: str, width: int, logarithmic: bool = False) -> Text:
    """A chart at most `width` cells wide; its legend is below it, one line per curve."""
    width = min(width, WIDEST)
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plotsize(width, HEIGHT)
    plotext.title(title)
    plotext.xlabel(across)
    if logarithmic:
        plotext.xscale("log")
    legend: list[Any] = []
    for place, (label, steps, values) in enumerate(series):
        letter, colour = chr(ord("a") + place % 26), COLOURS[place % len(COLOURS)]
        plotext.plot(list(steps), list(values), marker=letter, color=colour)
        legend.append(f"{letter} {label}")
    drawn = Text.from_ansi(plotext.build())
    drawn.append("\n" + "\n".join(legend) + "\n")
    return drawn
