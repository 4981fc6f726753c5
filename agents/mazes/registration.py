"""The mazes under Gymnasium's own interface: `gymnasium.make_vec("escapade/DoorKey-8x8-v0", num_envs=1024)`.

`import agents.mazes` registers them. The traps can be made both ways: `gymnasium.make("escapade/Decoy-8x8-v0")` is one
of them on real MiniGrid.
"""

import gymnasium as gym
import minigrid  # noqa: F401  (registers its own)

from agents.mazes.traps.ids import IDS

PREFIX = "MiniGrid-"
VECTOR = "agents.mazes.vector_entry:vector"


def register_all() -> None:
    """Register the traps, and `escapade/NAME` for every `MiniGrid-NAME`, as a vector environment."""
    for name in sorted(name for name in gym.registry if name.startswith(PREFIX)):
        own = f"escapade/{name.removeprefix(PREFIX)}"
        if own not in gym.registry:
            gym.register(id=own, vector_entry_point=VECTOR, kwargs={"maze": name}, disable_env_checker=True)
    for name in IDS:
        if name not in gym.registry:
            entry = "agents.mazes.traps.lookup:real"
            gym.register(id=name, entry_point=entry, vector_entry_point=VECTOR, kwargs={"maze": name})
