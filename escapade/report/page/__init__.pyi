from . import charts, elements, episode, page

__all__ = [
    "charts",
    "elements",
    "episode",
    "page",
]
