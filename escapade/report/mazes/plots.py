"""All pictures of the maze experiment: learning curves, maps of visits, performance profiles."""

from pathlib import Path
from typing import Any

from escapade.report.mazes import curves, profiles, visits


def plots(mazes: list[dict[str, Any]], folder: Path) -> list[Path]:
    """Draw what the figures of the mazes allow into `folder`, as PNG and SVG each, the learning curves first."""
    return [path for part in (curves, visits, profiles) for path in part.plots(mazes, folder)]
