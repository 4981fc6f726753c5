"""One real environment of a maze, in those wrappers of its id that a maze honours.

An id may wrap its environment, by its specification or in its entry point. A time limit, another view size and the full
grid are honoured on both backends; any other wrapper would be lost on the compiled engine, so that it is refused by
name.
"""

import warnings
from typing import Any, NamedTuple

import gymnasium as gym
from gymnasium.wrappers import OrderEnforcing, PassiveEnvChecker, TimeLimit
from minigrid.minigrid_env import MiniGridEnv
from minigrid.wrappers import FullyObsWrapper, ViewSizeWrapper

from agents.mazes.maze_spec import MazeSpec
from explore.errors import BadInput

TRANSPARENT = (OrderEnforcing, PassiveEnvChecker)  # they change nothing


class RealMaze(NamedTuple):
    """An environment without its wrappers, and what the wrappers said.

    time_limit: steps until Gymnasium truncates an episode; None where only the maze's own limit does. full: whether its
    observations are the full grid. view_size: the width of the partial view.
    """

    env: MiniGridEnv
    time_limit: int | None
    full: bool
    view_size: int

    def wrapped(self, full: bool) -> gym.Env[Any, Any]:
        """The environment in its time limit and its view, or with the full grid."""
        env: gym.Env[Any, Any] = self.env
        if self.time_limit is not None:
            env = TimeLimit(env, self.time_limit)
        if full:
            return FullyObsWrapper(env)
        return env if self.view_size == self.env.agent_view_size else ViewSizeWrapper(env, self.view_size)


def real_maze(spec: MazeSpec) -> RealMaze:
    """Make the environment of a maze; with a binary reward where the spec says so.

    BadInput for an environment that is not a MiniGrid maze or needs a package that is not installed, for a setting that
    its class does not take or refuses, and for a wrapper that mazes do not honour.
    """
    options = {name: value for name in ("max_steps", "size") if (value := getattr(spec, name)) is not None}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # an older version of a maze is still that maze
        try:
            env = gym.make(spec.id, **options)
        except gym.error.DependencyNotInstalled as error:
            raise missing_package(spec, error) from None
        except gym.error.Error as error:
            raise BadInput(f"{spec.id} cannot be made: {_sentence(error)}") from None
        except (TypeError, ValueError, AssertionError) as error:
            if not options:
                raise
            listed = ", ".join(f"{name}={value}" for name, value in options.items())
            raise BadInput(f"{spec.id} cannot be made with {listed}: {_sentence(error)}") from None
    maze = _unwrapped(spec, env)
    if spec.max_episode_steps is not None:
        maze = maze._replace(time_limit=_least(maze.time_limit, spec.max_episode_steps))
    if spec.reward == "binary":
        maze.env._reward = lambda: 1.0  # type: ignore[method-assign]
    return maze


def missing_package(spec: MazeSpec, error: Exception) -> BadInput:
    """The error for a maze that cannot be made here."""
    return BadInput(f"{spec.id} needs a package that is not installed: {error}.")


def _unwrapped(spec: MazeSpec, env: gym.Env[Any, Any]) -> RealMaze:
    time_limit: int | None = None
    view: str | int | None = None  # of the outermost wrapper of the observation, which replaces what those inside did
    while isinstance(env, gym.Wrapper):
        kind: Any = type(env)
        wrapper: Any = env
        if kind is TimeLimit:
            time_limit = _least(time_limit, wrapper._max_episode_steps)
        elif kind is ViewSizeWrapper:
            view = view or wrapper.agent_view_size
        elif kind is FullyObsWrapper:
            view = view or "full"
        elif kind not in TRANSPARENT:
            raise BadInput(
                f"{spec.id} is wrapped in {kind.__name__}, which these mazes would lose: they honour TimeLimit, "
                f"ViewSizeWrapper and FullyObsWrapper; use gymnasium.make_vec('{spec.id}') as it is."
            )
        env = env.env
    if not isinstance(env, MiniGridEnv):
        raise BadInput(f"{spec.id} is not a MiniGrid maze but a {type(env).__name__}.")
    return RealMaze(env, time_limit, view == "full", view if isinstance(view, int) else env.agent_view_size)


def _sentence(error: Exception) -> str:
    """What an error of another library says, with one full stop at its end."""
    return (str(error).strip().rstrip(".") or "its class refuses it") + "."


def _least(one: int | None, other: int) -> int:
    return other if one is None else min(one, other)
