"""The mazes by Gymnasium's own door: `gymnasium.make_vec("escapade/DoorKey-8x8-v0", num_envs=1024)`."""

from typing import Any

import gymnasium as gym

PREFIX = "MiniGrid-"


def register_all() -> None:
    """Register `escapade/NAME` for every `MiniGrid-NAME`, as a vector environment."""
    import minigrid  # noqa: F401  (registers its own)

    for name in sorted(name for name in gym.registry if name.startswith(PREFIX)):
        own = f"escapade/{name.removeprefix(PREFIX)}"
        if own not in gym.registry:
            gym.register(
                id=own,
                vector_entry_point="agents.mazes.registration:vector",
                kwargs={"maze": name},
                disable_env_checker=True,
            )


def vector(maze: str, num_envs: int, **options: Any) -> Any:
    """What `make_vec` calls; `options` are those of `agents.mazes.make`."""
    from agents.mazes import make

    return make(maze, num_envs, **options)
