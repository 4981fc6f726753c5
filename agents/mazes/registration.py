"""The mazes by Gymnasium's own door: `gymnasium.make_vec("escapade/DoorKey-8x8-v0", num_envs=1024)`.

The traps are there by both: `gymnasium.make("escapade/Decoy-8x8-v0")` is one of them on real MiniGrid.
"""

from typing import Any

import gymnasium as gym

from agents.mazes.traps.ids import IDS

PREFIX = "MiniGrid-"
VECTOR = "agents.mazes.registration:vector"


def register_all() -> None:
    """Register the traps, and `escapade/NAME` for every `MiniGrid-NAME`, as a vector environment."""
    import minigrid  # noqa: F401  (registers its own)

    for name in sorted(name for name in gym.registry if name.startswith(PREFIX)):
        own = f"escapade/{name.removeprefix(PREFIX)}"
        if own not in gym.registry:
            gym.register(id=own, vector_entry_point=VECTOR, kwargs={"maze": name}, disable_env_checker=True)
    for name in IDS:
        if name not in gym.registry:
            entry = "agents.mazes.traps.by_id:real"
            gym.register(id=name, entry_point=entry, vector_entry_point=VECTOR, kwargs={"maze": name})


def vector(maze: str, num_envs: int, **options: Any) -> Any:
    """What `make_vec` calls; `options` are those of `agents.mazes.make`."""
    from agents.mazes import make

    return make(maze, num_envs, **options)
