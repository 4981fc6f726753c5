"""Exact theory: divergences, lower and upper bounds on regret, Gittins indices, published values."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
