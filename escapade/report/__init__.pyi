from . import bandits, chart, check, mazes, plugins, results, setup

__all__ = [
    "bandits",
    "chart",
    "check",
    "mazes",
    "plugins",
    "results",
    "setup",
]
