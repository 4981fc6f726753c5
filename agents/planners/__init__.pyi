from .breadth_first import shortest
from .planning import METHODS, optimum, plan
from .plans import Plan

__all__ = [
    "METHODS",
    "Plan",
    "optimum",
    "plan",
    "shortest",
]
