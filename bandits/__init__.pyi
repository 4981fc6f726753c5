from . import plots, theory, trial
from .policy import POLICIES, Policy, from_functions
from .simulator.results import PolicyResult, Simulation
from .simulator.simulation import simulate
from .testbed import TESTBEDS, BedSettings, Testbed

__version__: str

__all__ = [
    "POLICIES",
    "TESTBEDS",
    "BedSettings",
    "Policy",
    "PolicyResult",
    "Simulation",
    "Testbed",
    "from_functions",
    "plots",
    "simulate",
    "theory",
    "trial",
]
