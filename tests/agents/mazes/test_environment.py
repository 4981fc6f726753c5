"""Wrappers of registered ids: honoured on both backends as Gymnasium makes them, or refused by name."""

from collections.abc import Callable, Iterator
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.envs.registration import WrapperSpec
from gymnasium.wrappers import TimeLimit, TransformReward
from minigrid.envs.doorkey import DoorKeyEnv
from minigrid.wrappers import FullyObsWrapper, ImgObsWrapper, RGBImgPartialObsWrapper, ViewSizeWrapper

from agents.lockstep import compare
from agents.mazes import make
from agents.mazes.engine.schedule import layout_index
from agents.planners import optimum, plan
from explore.errors import BadInput

MAZE = "MiniGrid-Wrapped-v0"
BACKENDS = pytest.mark.parametrize("backend", ["compiled", "real"])


@pytest.fixture
def register() -> Iterator[Callable[..., None]]:
    """Register `MAZE` with these arguments, for one test."""
    yield lambda **arguments: gym.register(id=MAZE, **{"entry_point": "minigrid.envs:DoorKeyEnv", **arguments})
    gym.registry.pop(MAZE, None)


def wrapper(kind: type[Any], **kwargs: Any) -> WrapperSpec:
    return WrapperSpec(kind.__name__, f"{kind.__module__}:{kind.__name__}", kwargs)


def same_as_gymnasium(envs: Any, steps: int) -> None:
    """A slot step by step against `gymnasium.make(MAZE)` on the same layouts: observation, reward, both ends."""
    real, random, seeds = gym.make(MAZE), np.random.default_rng(0), envs.layouts.seeds

    def begin(episode: int) -> Any:
        return real.reset(seed=int(seeds[layout_index(0, episode, len(seeds))]))[0]

    observation, expected, ends = envs.reset()[0], begin(0), 0
    for _ in range(steps):
        np.testing.assert_array_equal(observation["image"][0], expected["image"])
        assert observation["direction"][0] == expected["direction"]
        action = int(random.integers(7))
        observation, reward, terminated, truncated, info = envs.step(np.array([action]))
        expected, real_reward, *over, _ = real.step(action)
        assert (reward[0], bool(terminated[0]), bool(truncated[0])) == (real_reward, *over)
        if any(over):
            ends += 1
            np.testing.assert_array_equal(info["final_obs"][0]["image"], expected["image"])
            expected = begin(ends)
    assert ends > 0


@BACKENDS
def test_the_time_limit_of_an_id(backend: str, register: Any) -> None:
    register(kwargs={"size": 5}, max_episode_steps=20)
    same_as_gymnasium(make(MAZE, 1, backend=backend), 70)
    assert make(MAZE, 1, backend=backend).layouts.limit == 20
    assert make(f"{MAZE}:max_episode_steps=7", 1, backend=backend).layouts.limit == 7
    assert make(f"{MAZE}:max_episode_steps=30", 1, backend=backend).layouts.limit == 20


@BACKENDS
@pytest.mark.parametrize("size", [3, 5, 9])
def test_the_view_size_of_an_id(backend: str, size: int, register: Any) -> None:
    register(
        kwargs={"size": 6}, max_episode_steps=25, additional_wrappers=(wrapper(ViewSizeWrapper, agent_view_size=size),)
    )
    envs = make(MAZE, 1, backend=backend)
    assert envs.single_observation_space["image"].shape == (size, size, 3)
    same_as_gymnasium(envs, 80)


@BACKENDS
def test_the_full_grid_of_an_id(backend: str, register: Any) -> None:
    register(kwargs={"size": 6}, max_episode_steps=25, additional_wrappers=(wrapper(FullyObsWrapper),))
    envs = make(MAZE, 1, backend=backend)
    assert envs.single_observation_space["image"].shape == (6, 6, 3)
    same_as_gymnasium(envs, 80)
    assert make(MAZE, 1, view="partial", backend=backend).single_observation_space["image"].shape == (7, 7, 3)


@BACKENDS
def test_wrappers_in_the_entry_point_and_of_two_kinds(backend: str, register: Any) -> None:
    """The outermost wrapper of the observation decides; the least limit of two does."""
    register(
        entry_point=lambda: TimeLimit(ViewSizeWrapper(FullyObsWrapper(DoorKeyEnv(size=5)), 5), 18), max_episode_steps=30
    )
    envs = make(MAZE, 1, backend=backend)
    assert envs.single_observation_space["image"].shape == (5, 5, 3)
    same_as_gymnasium(envs, 60)


@BACKENDS
def test_settings_of_the_class(backend: str, register: Any) -> None:
    register(kwargs={"size": 6, "max_steps": 25, "agent_view_size": 5, "see_through_walls": True})
    same_as_gymnasium(make(MAZE, 1, backend=backend), 80)


def test_both_backends_play_a_wrapped_maze_alike(register: Any) -> None:
    register(
        kwargs={"size": 6}, max_episode_steps=21, additional_wrappers=(wrapper(ViewSizeWrapper, agent_view_size=5),)
    )
    ours, theirs = (make(MAZE, 4, backend=backend, reward="binary") for backend in ("compiled", "real"))
    random = np.random.default_rng(0)
    comparison = compare(ours, theirs, (random.integers(7, size=4) for _ in range(100)))
    assert comparison.difference is None
    assert comparison.episodes >= 16


def test_planners_keep_to_the_limit_of_the_id(register: Any) -> None:
    register(entry_point="minigrid.envs:EmptyEnv", kwargs={"size": 5}, max_episode_steps=5)
    assert plan(MAZE).value == 1 - 0.9 * (5 / 100)
    gym.registry.pop(MAZE)
    register(entry_point="minigrid.envs:EmptyEnv", kwargs={"size": 5}, max_episode_steps=4)
    assert optimum(MAZE) is None


@pytest.mark.parametrize("backend", ["auto", "compiled", "real"])
@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"additional_wrappers": (wrapper(RGBImgPartialObsWrapper),)}, "RGBImgPartialObsWrapper"),
        ({"additional_wrappers": (wrapper(ImgObsWrapper),)}, "ImgObsWrapper"),
        ({"entry_point": lambda: TransformReward(DoorKeyEnv(), lambda reward: 2 * reward)}, "TransformReward"),
        ({"entry_point": lambda: TimeLimit(ImgObsWrapper(DoorKeyEnv()), 9)}, "ImgObsWrapper"),
        ({"entry_point": lambda: type("OwnView", (FullyObsWrapper,), {})(DoorKeyEnv())}, "OwnView"),
    ],
)
def test_other_wrappers_are_refused_by_name(backend: str, arguments: dict[str, Any], name: str, register: Any) -> None:
    register(**arguments)
    with pytest.raises(BadInput, match=f"{MAZE} is wrapped in {name}, which these mazes would lose"):
        make(MAZE, 2, backend=backend)
