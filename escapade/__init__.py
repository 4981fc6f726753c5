"""The program: commands, experiments, statistics and reports."""

from explore.version import __version__

__all__ = ["__version__"]
