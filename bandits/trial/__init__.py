"""The trial of a plugin: what its contract promises is checked, what it is like is measured."""

from typing import Any

from bandits.trial.result import Check, Trait, Trial

__all__ = ["Check", "Trait", "Trial", "run_trial"]


def run_trial(given: str | type[Any]) -> Trial:
    """Put a bonus on trial: a spec string, or a class derived from `Bonus`; BadInput where it is neither."""
    import time

    # The plugins need torch, and reading about trials does not.
    from bandits.trial.contract import contract
    from bandits.trial.subject import subject

    started = time.perf_counter()
    plugin = subject(given)
    checks = list(contract(plugin)) if plugin.kind == "bonus" else []
    return Trial(
        plugin.spec, plugin.kind, plugin.origin, plugin.all_settings(), checks, [], time.perf_counter() - started
    )
