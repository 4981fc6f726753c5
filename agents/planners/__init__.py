"""Planners: what one would use instead of learning, where the maze's rules are known."""

from agents.planners.breadth_first import optimum, shortest
from agents.planners.plans import Plan

__all__ = ["Plan", "optimum", "shortest"]
