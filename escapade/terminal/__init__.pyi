from . import interrupt, output, progress

__all__ = [
    "interrupt",
    "output",
    "progress",
]
