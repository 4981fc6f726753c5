"""Exploration plugins: bonuses and action-selection strategies, their contract, and the registry that finds them.

    envs = explore.BonusReward(gym.make_vec("FrozenLake-v1", num_envs=4), "rnd:beta=0.01")

Names are imported when they are first asked for, so that `import explore` costs nothing (torch above all). The public
names stand in `__init__.pyi`.
"""

import lazy_loader

from explore.version import __version__  # noqa: F401

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
