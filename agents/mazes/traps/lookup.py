"""A trap by its id: the real environment, and its optima."""

from dataclasses import replace
from importlib import import_module
from typing import Any

from agents.mazes.environment import real_maze
from agents.mazes.maze_spec import MINIGRID_FALL, MazeSpec, parse_maze
from agents.mazes.traps.ids import IDS
from agents.mazes.traps.trap import Facts, Trap
from explore.errors import unknown


def real(maze: str, **options: Any) -> Trap:
    """The real MiniGrid environment of a trap; `options` are those of its class. BadInput for an unknown id."""
    if maze not in IDS:
        raise unknown("trap", maze, list(IDS))
    (module, kind), settings = IDS[maze]
    trap: Trap = getattr(import_module(module), kind)(**{**settings, **options})
    return trap


def facts(maze: str | MazeSpec) -> Facts | None:
    """The optima of a trap by its Gymnasium id, with or without settings, in the reward that these make.

    None for a maze that is not a trap, BadInput for an unknown id. They hold where the time limit leaves the steps to
    the goal.
    """
    spec = parse_maze(maze)
    if spec.id not in IDS:
        return None
    real = real_maze(spec)
    assert isinstance(real.env, Trap)
    real.env.time_limit = real.time_limit
    real.env.fall = 0.0 if spec.reward == "binary" else MINIGRID_FALL
    facts, scale = real.env.facts, spec.reward_scale
    return replace(facts, local_score=scale * facts.local_score, global_score=scale * facts.global_score)
