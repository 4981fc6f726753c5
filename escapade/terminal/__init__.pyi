from . import extras, interrupt, lines, log, output, progress

__all__ = [
    "extras",
    "interrupt",
    "lines",
    "log",
    "output",
    "progress",
]
