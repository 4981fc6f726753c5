"""Maze observations as rows of category codes, for replay and counts; networks read them one-hot.

A MiniGrid view is a grid of (object, colour, state) codes, not an image: divided by 255, the code of a key
would lie between those of a door and a ball. Every code becomes a category, followed by the direction and, where the
maze states its task in words, the index of the mission.
"""

from collections.abc import Mapping
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt

from explore.errors import BadInput

CODES = (11, 6, 4)  # objects, colours, states of MiniGrid's encoding; a direction is also a state


def symbolic_space(space: gym.Space[Any]) -> gym.Space[Any]:
    """The space of `symbolic_rows` for a maze's single observation `space`; any other space is left as it is."""
    if not _is_maze(space):
        return space
    assert isinstance(space, gym.spaces.Dict)
    image, direction = space["image"], space["direction"]
    assert isinstance(image, gym.spaces.Box)
    assert isinstance(direction, gym.spaces.Discrete)
    counts = [*CODES] * int(np.prod(image.shape[:2])) + [int(direction.n)]
    if "mission" in space.spaces:
        mission = space["mission"]
        assert isinstance(mission, gym.spaces.Discrete)
        counts.append(int(mission.n))
    return gym.spaces.MultiDiscrete(counts)


def symbolic_rows(space: gym.Space[Any], observation: Any) -> Any:
    """A batch of maze observations as codes, `(batch, width)` int64; other observations are left as they are."""
    if not _is_maze(space):
        return observation
    assert isinstance(space, gym.spaces.Dict)
    if not isinstance(observation, Mapping) or not {*space.spaces} <= {*observation}:
        parts_needed = ", ".join(space.spaces)
        raise BadInput(f"an observation of a maze is a dict of {parts_needed}, not {_shown(observation)}.")
    images = np.atleast_1d(np.asarray(observation["image"]))
    parts: list[npt.NDArray[Any]] = [images.reshape(len(images), -1), _column(observation["direction"])]
    if "mission" in space.spaces:
        parts.append(_column(observation["mission"]))
    counts = [len(part) for part in parts]
    if len(set(counts)) > 1:
        raise BadInput(f"the parts of the observations differ in number: {', '.join(map(str, counts))}.")
    return np.concatenate(parts, axis=1)


def _is_maze(space: gym.Space[Any]) -> bool:
    """Whether observations in `space` are MiniGrid's codes; BadInput where their missions are texts."""
    if not isinstance(space, gym.spaces.Dict):
        return False
    names = set(space.spaces)
    if not {"image", "direction"} <= names <= {"image", "direction", "mission"}:
        return False
    image, direction, mission = space["image"], space["direction"], space.get("mission")
    coded = isinstance(image, gym.spaces.Box) and image.dtype == np.uint8 and image.shape[2:] == (3,)
    if not (coded and isinstance(direction, gym.spaces.Discrete)):
        return False
    if not isinstance(mission, gym.spaces.Discrete | None):
        raise BadInput(
            "the environment's missions are texts, which no network reads: make the mazes with agents.mazes.make, "
            "which numbers them."
        )
    return True


def _shown(observation: Any) -> str:
    if isinstance(observation, Mapping):
        return f"one of {', '.join(map(str, observation)) or 'nothing'}"
    return f"an array of shape {observation.shape}" if isinstance(observation, np.ndarray) else repr(observation)


def _column(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.asarray(values).reshape(-1, 1)
