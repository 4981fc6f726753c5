"""The trial of a plugin: what its contract promises is checked, what it is like is measured."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from bandits.trial.result import Check, Trait, Trial

__all__ = ["Check", "Trait", "Trial", "run_trial"]


def run_trial(given: str | type[Any]) -> Trial:
    """Put a bonus or strategy on trial: a spec string, or a class derived from `Bonus` or `Strategy`; else BadInput."""
    import time

    # The plugins need torch, and reading about trials does not.
    from bandits.trial.contract import contract
    from bandits.trial.subject import subject

    started = time.perf_counter()
    plugin = subject(given)
    checks = list(contract(plugin))
    traits = _traits(plugin, checks)
    seconds = time.perf_counter() - started
    return Trial(plugin.spec, plugin.kind, plugin.origin, plugin.all_settings(), checks, traits, seconds)


def _traits(plugin: Any, checks: list[Check]) -> list[Trait]:
    """What is measured of a plugin that keeps its contract; what a broken one is like would mean nothing."""
    if any(check.passed is not True for check in checks) or find_spec("bandits.trial.traits") is None:
        return []
    measured: list[Trait] = import_module("bandits.trial.traits").measure(plugin)
    return measured
