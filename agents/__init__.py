"""DQN agents with a learner axis, the mazes they are trained in, and planners to compare with."""

import lazy_loader

from explore.version import __version__  # noqa: F401

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
