"""A trap by its id: the real environment, and what is known of its optima."""

from importlib import import_module
from typing import Any

import gymnasium as gym

from agents.mazes.traps.ids import IDS
from agents.mazes.traps.trap import Facts, Trap
from explore.errors import unknown


def real(maze: str, **options: Any) -> Trap:
    """The real MiniGrid environment of a trap; `options` are those of its class. BadInput for an unknown id."""
    if maze not in IDS:
        raise unknown("trap", maze, list(IDS))
    (module, kind), settings = IDS[maze]
    trap: Trap = getattr(import_module(module), kind)(**settings, **options)
    return trap


def facts(maze: str) -> Facts | None:
    """The optima of a trap by its Gymnasium id; None for a maze that is no trap, BadInput for an unknown id."""
    if maze not in gym.registry:
        raise unknown("trap", maze, list(IDS))
    return real(maze).facts if maze in IDS else None
