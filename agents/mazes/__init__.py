"""Mazes: every MiniGrid environment as a `gymnasium.vector.VectorEnv` over many layouts, compiled where possible.

    >>> from agents import mazes
    >>> envs = mazes.make("MiniGrid-DoorKey-8x8-v0", 64, seed=0)
    >>> observation, info = envs.reset()
    >>> observation["image"].shape
    (64, 7, 7, 3)

As with any package of Gymnasium environments, importing it registers them. The public names stand in `__init__.pyi`.
"""

import lazy_loader

from agents.mazes.registration import register_all

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

register_all()
