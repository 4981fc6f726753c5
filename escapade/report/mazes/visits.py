"""Visits of the training: how often each cell was stepped to, as a map in the terminal and as a picture.

A cell of the map is a cell of the grid, over all layouts of the training, and its shade the logarithm of the visits per
learner: the counts span orders of magnitude, and on a linear scale everything but the start would look the same. All
agents of a maze share one scale, from the least visited of their cells to the most visited one.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from rich.columns import Columns
from rich.console import Console
from rich.style import Style
from rich.text import Text

from escapade.report import pictures

Counts = npt.NDArray[np.float64]  # (width, height), visits per learner

SHADES, PLAIN_SHADES = "░▒▓█", "-+*#"
COLOURS = ("#3b528b", "#21918c", "#5ec962", "#fde725")  # viridis, as in the picture
COLOUR_MAP = "viridis"
NARROWEST = 16  # characters for the name of an agent over its map


def counts(agent: dict[str, Any]) -> Counts | None:
    """The visits of one agent per learner; None where they were not counted."""
    if not agent.get("visits"):
        return None
    per_learner: Counts = np.asarray(agent["visits"], dtype=np.float64) / agent["learners"]
    return per_learner


def level(visits: float, least: float, most: float) -> int:
    """0 for a cell that was never stepped to, else 1 to 4: quarters of the way from log(least) to log(most)."""
    if visits <= 0:
        return 0
    way = math.log(visits / least) / math.log(most / least) if most > least else 1.0
    return max(1, math.ceil(len(SHADES) * way - 1e-9))


def least_visited(maps: list[Counts]) -> float:
    """The visits of the least visited cell that was stepped to at all; infinite where none was."""
    return min(float(visits[visits > 0].min(initial=math.inf)) for visits in maps)


def show(console: Console, maze: dict[str, Any]) -> None:
    """Print the maps of a maze's agents in columns, as many as the width holds; nothing without counts."""
    counted = [(agent["spec"], visits) for agent in maze["agents"] if (visits := counts(agent)) is not None]
    if not counted:
        return
    least, most = least_visited([visits for _, visits in counted]), max(float(visits.max()) for _, visits in counted)
    ascii_only = console.options.ascii_only
    walls = maze.get("walls") or []
    captions = [_lines(spec, max(NARROWEST, 2 * len(visits))) for spec, visits in counted]
    tallest = max(map(len, captions))
    maps = [
        Text("\n".join(caption + [""] * (tallest - len(caption))) + "\n", no_wrap=True)
        + drawn(visits, least, most, walls, ascii_only, console.width)
        for caption, (_, visits) in zip(captions, counted, strict=True)
    ]
    console.print(f"{maze['id']}: visits per cell over the training, all layouts together")
    console.print(Columns(maps, padding=(0, 3, 0, 0)))
    shades = PLAIN_SHADES if ascii_only else SHADES
    bounds = [least * (most / least) ** ((k + 1) / len(shades)) for k in range(len(shades))]
    scale = "  ".join(f"{shade * 2} up to {bound:,.0f}" for shade, bound in zip(shades, bounds, strict=True))
    none = "." if ascii_only else "·"
    console.print(f"visits per learner: {none} none  {scale}{'  blank: wall' if walls else ''}", style="dim")


def drawn(visits: Counts, least: float, most: float, walls: list[str], ascii_only: bool, columns: int) -> Text:
    """One map: two characters per cell, one where the grid is wider than that."""
    width, height = visits.shape
    across = 2 if 2 * width <= columns else 1
    shades = PLAIN_SHADES if ascii_only else SHADES
    text = Text(no_wrap=True, overflow="crop")
    for y in range(height):
        if y:
            text.append("\n")
        for x in range(width):
            shade = level(float(visits[x, y]), least, most)
            if shade:
                text.append(shades[shade - 1] * across, Style(color=COLOURS[shade - 1]))
            elif walls and walls[y][x] == "#":
                text.append(" " * across)
            else:
                text.append(("." if ascii_only else "·").ljust(across), Style(dim=True))
    return text


def _lines(text: str, width: int) -> list[str]:
    return [text[start : start + width] for start in range(0, len(text), width)]


def plots(mazes: list[dict[str, Any]], folder: Path) -> list[Path]:
    """Draw the maps of every maze that has counts into `folder`; the paths of the pictures."""
    made = []
    for maze in mazes:
        counted = [(agent["spec"], visits) for agent in maze["agents"] if (visits := counts(agent)) is not None]
        if counted:
            made += pictures.save(_picture(maze["id"], maze.get("walls") or [], counted), folder, "visits", maze["id"])
    return made


def _picture(title: str, walls: list[str], counted: list[tuple[str, Counts]]) -> Figure:
    across = min(len(counted), 4)
    down = math.ceil(len(counted) / across)
    least = least_visited([visits for _, visits in counted])
    most = max(float(visits.max()) for _, visits in counted)
    scale = LogNorm(min(least, most), max(most, least * 1.0001))
    figure = Figure(figsize=(3.4 * across + 1, 3.6 * down), layout="constrained")
    figure.suptitle(f"{title}\nvisits per cell and learner", fontsize="medium")
    for place, (spec, visits) in enumerate(counted):
        axes = figure.add_subplot(down, across, place + 1)
        if walls:
            wall = np.array([[cell == "#" for cell in row] for row in walls])
            axes.imshow(np.where(wall, 0.6, np.nan), cmap="gray", vmin=0, vmax=1)
        # What was never stepped to is no number: the wall behind it is seen, or white.
        shown = axes.imshow(np.ma.masked_equal(visits.T, 0), norm=scale, cmap=COLOUR_MAP)
        axes.set_title(spec, fontsize="small", wrap=True)
        axes.set_xticks([])
        axes.set_yticks([])
    figure.colorbar(shown, ax=figure.axes, shrink=0.8, label="visits")
    return figure
