"""Planners: search and planning methods, for when the maze's rules are known.

    >>> from agents import planners
    >>> best = planners.plan("MiniGrid-DoorKey-8x8-v0", 3)  # the shortest way through layout 3
    >>> len(best.actions), round(best.value, 3)  # 1 − 0.9·13/640
    (13, 0.982)

The public names stand in `__init__.pyi`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
