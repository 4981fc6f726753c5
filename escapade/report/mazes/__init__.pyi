from . import catalogue, cost, figures, profiles, report, traps, verdict, visits

__all__ = [
    "catalogue",
    "cost",
    "figures",
    "profiles",
    "report",
    "traps",
    "verdict",
    "visits",
]
