"""Exploration plugins: bonuses and action-selection strategies, their contract, and the registry that finds them.

    >>> import gymnasium as gym, numpy as np
    >>> import explore
    >>> envs = gym.make_vec("CartPole-v1", num_envs=4)
    >>> envs = explore.BonusReward(envs, "count:beta=0.1")  # what an agent sees as reward now includes the bonus
    >>> _ = envs.reset(seed=0)
    >>> _, reward, _, _, _ = envs.step(np.zeros(4, dtype=np.int64))
    >>> bool((reward > 1).all())  # CartPole itself pays 1 a step
    True

Names are imported when they are first asked for, so that `import explore` costs nothing (torch above all). The public
names stand in `__init__.pyi`.
"""

import lazy_loader

from explore.version import __version__  # noqa: F401

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
