from . import catalogue, names, report, returns, tables, verdict

__all__ = [
    "catalogue",
    "names",
    "report",
    "returns",
    "tables",
    "verdict",
]
