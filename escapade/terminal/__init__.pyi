from . import extras, interrupt, lines, output, progress

__all__ = [
    "extras",
    "interrupt",
    "lines",
    "output",
    "progress",
]
