"""The catalogue of mazes: MiniGrid's and the traps, and which of them run compiled."""

from dataclasses import dataclass

import gymnasium as gym
import minigrid  # noqa: F401  (registers its mazes)

from agents.mazes.environment import real_maze
from agents.mazes.layouts.compilable import why_not
from agents.mazes.maze_spec import MazeSpec
from agents.mazes.traps.ids import IDS
from explore.errors import BadInput


def maze_ids() -> list[str]:
    """The ids of the mazes, sorted: MiniGrid's and the traps."""
    return sorted([*(name for name in gym.registry if name.startswith("MiniGrid-")), *IDS])


@dataclass(frozen=True)
class MazeEntry:
    """A maze of the catalogue: whether it runs compiled, and why not."""

    id: str
    compiled: bool
    why_not: str | None


def describe_mazes() -> list[MazeEntry]:
    """Every maze of the catalogue; looks at one layout of each."""
    entries = []
    for maze in maze_ids():
        try:
            env = real_maze(MazeSpec(maze)).env
            env.reset(seed=0)
            reason = why_not(env)
        except (BadInput, gym.error.DependencyNotInstalled) as error:
            reason = str(error)
        entries.append(MazeEntry(maze, reason is None, reason))
    return entries
