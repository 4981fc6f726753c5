"""Deep agents with a learner axis, the mazes they are tried on, and planners to compare with."""

from agents.mazes.registration import register_all

register_all()
