"""The distribution's name, and the version of the one installed, which all four packages show as `__version__`.

The version stands in pyproject.toml alone.
"""

from importlib.metadata import version

OWN = "escapade"

__version__ = version(OWN)
