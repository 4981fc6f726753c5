from . import plots, theory, trial
from .policy import POLICIES, Floats, Policy, from_functions, rows
from .problem_kinds import Kind, Placement
from .simulator.randomness import best
from .simulator.results import PolicyResult, Simulation
from .simulator.simulation import simulate
from .testbed import TESTBEDS, BedSettings, Testbed

__version__: str

__all__ = [
    "POLICIES",
    "TESTBEDS",
    "BedSettings",
    "Floats",
    "Kind",
    "Placement",
    "Policy",
    "PolicyResult",
    "Simulation",
    "Testbed",
    "best",
    "from_functions",
    "plots",
    "rows",
    "simulate",
    "theory",
    "trial",
]
