"""What `gymnasium.make_vec` calls for the ids of this package."""

import inspect
from typing import Any

from agents.mazes.factory import make
from agents.mazes.vector import Mazes
from explore.errors import unknown

OPTIONS = tuple(inspect.signature(make).parameters)


def vector(maze: str, num_envs: int, **options: Any) -> Mazes:
    """`agents.mazes.make` with these options; BadInput for one that it does not have."""
    for name in options:
        if name not in OPTIONS:
            raise unknown("option", name, OPTIONS, maze)
    return make(maze, num_envs, **options)
