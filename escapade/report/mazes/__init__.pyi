from . import catalogue, cost, curves, figures, plots, profiles, report, traps, verdict, visits

__all__ = [
    "catalogue",
    "cost",
    "curves",
    "figures",
    "plots",
    "profiles",
    "report",
    "traps",
    "verdict",
    "visits",
]
