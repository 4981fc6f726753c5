"""Bonuses and strategies as players of bandits; imported where one plays, as networks need PyTorch."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
