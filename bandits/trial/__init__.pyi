from .result import Check, Kind, Trait, Trial
from .run import run_trial, run_trials

__all__ = [
    "Check",
    "Kind",
    "Trait",
    "Trial",
    "run_trial",
    "run_trials",
]
