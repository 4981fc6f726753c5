"""Exact theory: divergences, lower and upper bounds on regret, Gittins indices, published values.

    >>> from bandits import theory
    >>> round(theory.lai_robbins([0.9, 0.8]).constant, 4)  # regret grows at least as 2.25 ln T
    2.2521
    >>> round(theory.bernoulli_index(1, 1, discount=0.9), 4)  # Gittins 1979
    0.7029

The public names stand in `__init__.pyi`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
