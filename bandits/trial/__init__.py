"""The trial of a plugin: what its contract promises is checked, what it is like is measured."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
