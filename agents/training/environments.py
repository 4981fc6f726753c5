"""Vector environments by id: mazes, compiled where possible, and any other environment registered with Gymnasium.

An id may begin with the module that registers it, `my_package:MyEnv-v0`, and that of a maze may contain settings,
`MiniGrid-DoorKey-8x8-v0:reward_scale=10`. All of them reset within the step that ends an episode.
"""

from collections.abc import Sequence
from typing import Any

import gymnasium as gym
from gymnasium.vector import AutoresetMode, VectorEnv

from agents.mazes import make
from agents.mazes.maze_spec import is_maze
from explore.errors import BadInput


def make_vector_env(env: str, seeds: Sequence[int], layouts: str = "train") -> VectorEnv[Any, Any, Any]:
    """One environment per seed; `layouts` of a maze is "train" or "held-out", and other environments have none.

    BadInput for an id that Gymnasium does not know, an environment that cannot be made, and layouts that are none.
    """
    if is_maze(env):
        return make(env, num_envs=len(seeds), layouts=layouts, seed=list(seeds))
    if layouts != "train":
        raise BadInput(f"{env} has no layouts: '{layouts}' is for mazes.")
    try:
        return gym.make_vec(
            env,
            num_envs=len(seeds),
            vectorization_mode="sync",
            vector_kwargs={"autoreset_mode": AutoresetMode.SAME_STEP},
        )
    except (gym.error.Error, ImportError) as error:
        raise BadInput(f"the environment {env} cannot be made: {error}") from error
