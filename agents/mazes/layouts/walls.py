"""Which cells are walls in every layout of a maze: what a map over many layouts can draw of the maze itself."""

import numpy as np

from agents.mazes.engine.codes import WALL
from agents.mazes.layouts.named_sets import layouts


def walls(maze: str) -> list[str]:
    """Rows of the grid, `#` where every training layout has a wall; none where the maze is not compiled."""
    train = layouts(maze, "train")
    if train.why_not is not None:
        return []
    everywhere = ((train.cells & 15) == WALL).all(0).reshape(train.width, train.height)
    return ["".join("#" if wall else "." for wall in row) for row in np.transpose(everywhere)]
