"""The bandit test bed: arms, policies, the compiled simulator, and exact theory."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bandits.policy import Policy, from_functions
    from bandits.simulation import Simulation, simulate
    from bandits.testbed import Testbed

__all__ = ["Policy", "Simulation", "Testbed", "from_functions", "simulate"]

_HOMES = {
    "simulate": "simulation",
    "Simulation": "simulation",
    "Policy": "policy",
    "from_functions": "policy",
    "Testbed": "testbed",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'bandits' has no attribute '{name}'")
    return getattr(import_module(f"bandits.{_HOMES[name]}"), name)
