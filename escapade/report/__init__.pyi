from . import bandits, chart, check, colours, export, mazes, page, pictures, plugins, results, setup, side_by_side

__all__ = [
    "bandits",
    "chart",
    "check",
    "colours",
    "export",
    "mazes",
    "page",
    "pictures",
    "plugins",
    "results",
    "setup",
    "side_by_side",
]
