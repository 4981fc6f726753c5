from . import bandits, chart, check, mazes, plugins, setup

__all__ = [
    "bandits",
    "chart",
    "check",
    "mazes",
    "plugins",
    "setup",
]
