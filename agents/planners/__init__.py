"""Planners: what one would use instead of learning, where the maze's rules are known."""

from agents.planners.breadth_first import shortest
from agents.planners.planning import METHODS, optimum, plan
from agents.planners.plans import Plan

__all__ = ["METHODS", "Plan", "optimum", "plan", "shortest"]
