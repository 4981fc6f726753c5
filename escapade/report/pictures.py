"""Pictures in a folder: each as PNG and as SVG, with curves that differ by colour, marker and dash."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from escapade.report.colours import style

Points = Sequence[float]


def save(figure: Figure, folder: Path, kind: str, subject: str) -> list[Path]:
    """Write the figure into `folder` as `KIND-SUBJECT.png` and `.svg`; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{kind}-{re.sub('[^A-Za-z0-9.-]+', '-', subject)}"
    paths = [folder / f"{stem}.{form}" for form in ("png", "svg")]
    for path in paths:
        figure.savefig(path, dpi=150)
    return paths


def curve(
    axes: Any, place: int, curves: int, label: str, across: Points, up: Points, low: Sequence[Any], high: Sequence[Any]
) -> None:
    """Draw the curve number `place` of `curves` with its band, which is left out where its ends are None.

    Each curve has its markers at other points than the others, so that all are seen where the lines coincide.
    """
    colour, marker, dash = style(place)
    lines = "-" if place == 0 else (0, dash)
    every = (min(place, len(across) - 1), max(1, min(curves, len(across) // 2)))
    axes.plot(across, up, color=colour, marker=marker, markevery=every, linestyle=lines, label=label, clip_on=False)
    if None not in (*low, *high):
        axes.fill_between(across, low, high, color=colour, alpha=0.15, linewidth=0)
