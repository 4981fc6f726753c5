from . import catalogue, names, report, returns, summary, tables, verdict

__all__ = [
    "catalogue",
    "names",
    "report",
    "returns",
    "summary",
    "tables",
    "verdict",
]
