"""Maze specs: a Gymnasium id with settings, such as `MiniGrid-DoorKey-8x8-v0:max_steps=30,reward=binary`.

The id may begin with a module to import first, as Gymnasium's own ids may: `my_package:MyMaze-v0:size=9`.
"""

import importlib
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

import gymnasium as gym
from gymnasium.envs.registration import load_env_creator
from minigrid.minigrid_env import MiniGridEnv
from pydantic import Field

from explore.core.spec import Settings, parse, settings_from, written
from explore.errors import BadInput, unknown

Reward = Literal["minigrid", "binary"]
MINIGRID_FALL = 0.9  # success after t steps pays 1 − 0.9·t/T in MiniGrid
FAMILIES = ("MiniGrid-", "escapade/")  # how the ids of the catalogue begin


class MazeSettings(Settings):
    """What may be set of any maze; None leaves what the id says."""

    max_steps: int | None = Field(
        None, ge=1, description="the maze's own time limit T, in steps; it is also the T in the reward 1 − 0.9·t/T"
    )
    max_episode_steps: int | None = Field(
        None, ge=1, description="steps until an episode is truncated, as Gymnasium's TimeLimit; the reward keeps its T"
    )
    size: int | None = Field(None, ge=3, description="the size that the maze's class takes: cells per side, with walls")
    reward: Reward = Field(
        "minigrid", description="minigrid: success after t steps pays 1 − 0.9·t/T; binary: it pays 1 whenever it comes"
    )
    reward_scale: float = Field(1.0, ge=0, description="what every reward is multiplied by; 0: no reward at all")
    train_layouts: int | None = Field(
        None, ge=1, description="how many of the training layouts to train on, the first ones; all if not given"
    )


@dataclass(frozen=True)
class MazeSpec:
    """A Gymnasium id and the settings of the maze; see `MazeSettings`."""

    id: str
    max_steps: int | None = None
    max_episode_steps: int | None = None
    size: int | None = None
    reward: Reward = "minigrid"
    reward_scale: float = 1.0
    train_layouts: int | None = None

    def __str__(self) -> str:
        settings = written(MazeSettings(**self.settings))
        return f"{self.id}:{settings}" if settings else self.id

    @property
    def settings(self) -> dict[str, Any]:
        """The settings by name."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "id"}

    @property
    def environment(self) -> "MazeSpec":
        """The same maze with MiniGrid's reward and all of its layouts: what decides which there are."""
        return replace(self, reward="minigrid", reward_scale=1.0, train_layouts=None)

    def with_settings(self, **settings: Any) -> "MazeSpec":
        """The same maze with further settings; those that are None change nothing.

        BadInput for a value that is out of range, and for one that contradicts a setting made already.
        """
        new = {name: value for name, value in settings.items() if value is not None}
        defaults = {name: field.default for name, field in MazeSettings.model_fields.items()}
        for name, value in new.items():
            present = self.settings.get(name)
            if present not in (defaults.get(name), value):
                raise BadInput(f"{name}={value} for {self}, which sets {name}={present} already: give one of the two.")
        checked = settings_from(MazeSettings, {**self.settings, **new}, self.id)
        return MazeSpec(self.id, **checked.model_dump())


def parse_maze(text: str | MazeSpec) -> MazeSpec:
    """Read a maze spec; one that is read already is returned as it is.

    `escapade/NAME` of a MiniGrid maze is `MiniGrid-NAME`. BadInput for an id that Gymnasium does not know, an
    environment that is not a MiniGrid maze, a module that cannot be imported, and a setting that is wrong.
    """
    if isinstance(text, MazeSpec):
        return text
    name, settings = _read(text)
    module, colon, bare_id = name.rpartition(":")
    entry = gym.registry[bare_id]
    if entry.entry_point is None and "maze" in entry.kwargs:
        name, colon = str(entry.kwargs["maze"]), ""
    elif (kind := _class_of(entry)) is not None and not issubclass(kind, MiniGridEnv):
        raise BadInput(
            f"{bare_id} is not a MiniGrid maze but a {kind.__name__}: it has no layouts, planner or compiled engine; "
            "give the id of a MiniGrid maze here."
        )
    checked = settings_from(MazeSettings, settings, bare_id)
    return MazeSpec(f"{module}{colon}{name.rpartition(':')[2]}" if colon else name, **checked.model_dump())


def is_maze(text: str) -> bool:
    """Whether an id, with or without settings, is that of a maze; BadInput for an id that Gymnasium does not know.

    An environment that a function makes counts as a maze where its id begins as those of the catalogue.
    """
    bare_id = _read(text)[0].rpartition(":")[2]
    kind = _class_of(gym.registry[bare_id])
    return bare_id.startswith(FAMILIES) if kind is None else issubclass(kind, MiniGridEnv)


def short_name(maze: str) -> str:
    """The id of a maze without how the ids of its family begin."""
    for family in FAMILIES:
        maze = maze.removeprefix(family)
    return maze


def _read(text: str) -> tuple[str, dict[str, Any]]:
    """The id, with its module where it has one, and the settings as they were written."""
    module, colon, rest = text.strip().partition(":")
    if not colon or "=" in rest.partition(":")[0]:
        module, rest = "", text
    spec = parse(rest)
    if module:
        try:
            importlib.import_module(module)
        except ImportError as error:
            raise BadInput(f"'{text}' begins with the module '{module}', which cannot be imported: {error}.") from None
    if spec.name not in gym.registry:
        raise unknown("maze", spec.name, (name for name in gym.registry if name.startswith(FAMILIES)))
    return f"{module}:{spec.name}" if module else spec.name, dict(spec.settings)


def _class_of(entry: Any) -> type[Any] | None:
    """The class of a registered environment; None where a function makes it, or it cannot be imported."""
    creator = entry.entry_point
    if isinstance(creator, str):
        try:
            creator = load_env_creator(creator)
        except (ImportError, AttributeError):
            return None
    return creator if isinstance(creator, type) else None
