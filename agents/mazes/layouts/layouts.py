"""Layouts: the starting positions of a maze, one per row of some arrays."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from agents.mazes.engine.codes import Codes
from agents.mazes.engine.world import Rules, Worlds
from agents.mazes.maze_spec import MINIGRID_FALL, MazeSpec


@dataclass(frozen=True)
class Layouts:
    """Distinct layouts of a maze.

    seeds: `(n,)`, the resets that make them. mission: `(n,)`, index into `missions`, the texts of all missions that the
    maze has in either set. worlds: the states, one row per layout (`engine.world`); rows of no columns where the maze
    is not compiled.
    """

    spec: MazeSpec
    width: int
    height: int
    rules: Rules
    through_walls: bool  # whether the agent sees through walls
    view: int  # width of the partial view
    full: bool  # whether the maze's own observations are the full grid
    why_not: str | None  # why the maze is not compiled
    missions: tuple[str, ...]
    seeds: npt.NDArray[np.int64]
    mission: npt.NDArray[np.int64]
    worlds: Worlds

    def __len__(self) -> int:
        return len(self.seeds)

    @property
    def maze(self) -> str:
        """The maze as a spec, without what its reward is."""
        return str(self.spec.environment)

    @property
    def actions(self) -> int:
        """How many actions the maze has."""
        return self.rules.actions

    @property
    def limit(self) -> int:
        """Steps until an episode is truncated."""
        return self.rules.limit

    @property
    def cells(self) -> Codes:
        """`(n, width·height)`, the code of each cell."""
        return self.worlds.cells

    def rows(self, indices: Any) -> "Layouts":
        """The same maze with some of the layouts."""
        return replace(self, seeds=self.seeds[indices], mission=self.mission[indices], worlds=self.worlds.rows(indices))

    def rewarded_as(self, spec: MazeSpec) -> "Layouts":
        """The same layouts with the reward that the spec says."""
        fall = 0.0 if spec.reward == "binary" else MINIGRID_FALL
        return replace(self, spec=spec, rules=self.rules._replace(fall=fall))
