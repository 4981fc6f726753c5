"""Maze specs: a Gymnasium id with settings, such as `escapade/StepPenalty-8x8-v0:reward_scale=10`."""

from dataclasses import dataclass

import gymnasium as gym
from pydantic import Field

from explore.core.spec import Settings, parse, settings_from
from explore.errors import unknown


class MazeSettings(Settings):
    """What may be set of any maze."""

    reward_scale: float = Field(1.0, gt=0, description="what every reward is multiplied by")


@dataclass(frozen=True)
class MazeSpec:
    """Which maze, and by what its reward is multiplied."""

    id: str
    reward_scale: float


def parse_maze(text: str) -> MazeSpec:
    """Read a maze spec; BadInput for an id that Gymnasium does not know, or a setting that is wrong."""
    from agents.mazes import maze_ids

    spec = parse(text)
    if spec.name not in gym.registry:
        raise unknown("maze", spec.name, maze_ids())
    return MazeSpec(spec.name, settings_from(MazeSettings, spec.settings, spec.name).reward_scale)
