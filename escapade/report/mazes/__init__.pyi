from . import catalogue, figures, profiles, report, traps, verdict, visits

__all__ = [
    "catalogue",
    "figures",
    "profiles",
    "report",
    "traps",
    "verdict",
    "visits",
]
