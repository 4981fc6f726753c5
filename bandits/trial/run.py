"""Put plugins on trial: check what their contract promises, measure what they are like."""

from collections.abc import Callable
from typing import Any

from bandits.trial.result import Check, Kind, Trial

Told = Callable[[str], None]


def run_trial(given: str | type[Any], *, kind: Kind | None = None, told: Told | None = None) -> Trial:
    """Put a plugin on trial: a spec string, or a class derived from `Bonus`, `Strategy` or `Policy`; else BadInput.

    kind: which plugin is meant where several kinds have one of that name; else the first of bonus, strategy, policy.
    `told` hears the name of each check and trait as it begins.
    """
    # The plugins need torch, and reading about trials does not.
    from bandits.trial.plugin_under_test import subject

    return _tried(subject(given, kind), told)


def run_trials(spec: str, *, kind: Kind | None = None, told: Told | None = None) -> list[Trial]:
    """A trial of every plugin that the spec names, one per kind; BadInput where it names none."""
    from bandits.trial.plugin_under_test import subjects

    return [_tried(each, told) for each in subjects(spec, kind)]


def _tried(plugin: Any, told: Told | None) -> Trial:
    import time

    from bandits.trial.contract.checks import judge, rules
    from bandits.trial.traits.catalogue import measure

    started = time.perf_counter()
    tell = told or (lambda name: None)
    known: dict[str, Check] = {}
    for name in rules(plugin):
        tell(f"{plugin.kind} {plugin.spec}: {name}")
        judge(plugin, name, known)
    checks = [known[name] for name in rules(plugin)]
    # What a plugin that breaks its contract is like would mean nothing.
    sound = all(check.passed is True for check in checks)
    traits = measure(plugin, lambda name: tell(f"{plugin.kind} {plugin.spec}: {name}")) if sound else []
    seconds = time.perf_counter() - started
    return Trial(plugin.spec, plugin.kind, plugin.origin, plugin.all_settings(), checks, traits, seconds)
