from . import interrupt, lines, output, progress

__all__ = [
    "interrupt",
    "lines",
    "output",
    "progress",
]
