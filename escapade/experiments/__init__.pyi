from .example import commented_example
from .experiment import BUILT_IN, BanditExperiment, Experiment, MazeExperiment, built_in, load, read

__all__ = [
    "BUILT_IN",
    "BanditExperiment",
    "Experiment",
    "MazeExperiment",
    "built_in",
    "commented_example",
    "load",
    "read",
]
