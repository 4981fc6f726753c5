"""The version of the installed distribution, which all four packages show as `__version__`.

It stands in pyproject.toml alone.
"""

from importlib.metadata import version

__version__ = version("escapade")
