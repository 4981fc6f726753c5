"""Planners: what one would use instead of learning, where the maze's rules are known."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
