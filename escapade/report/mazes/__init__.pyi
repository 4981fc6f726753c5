from . import catalogue, comparison, cost, curves, figures, luck, plots, profiles, report, traps, verdict, visits

__all__ = [
    "catalogue",
    "comparison",
    "cost",
    "curves",
    "figures",
    "luck",
    "plots",
    "profiles",
    "report",
    "traps",
    "verdict",
    "visits",
]
