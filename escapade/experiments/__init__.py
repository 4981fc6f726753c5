"""Experiment files: reading and checking them, the built-in ones, and the commented example."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
