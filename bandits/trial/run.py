"""The trial of plugins: checks their contract and measures their traits."""

import time
from collections.abc import Callable
from typing import Any

from bandits.trial.contract.checks import judge, rules
from bandits.trial.plugin_under_test import PluginUnderTest, plugin_under_test, plugins_under_test
from bandits.trial.result import Check, Kind, Trial
from bandits.trial.traits.catalogue import measure

OnStart = Callable[[str], None]


def run_trial(spec_or_class: str | type[Any], *, kind: Kind | None = None, on_start: OnStart | None = None) -> Trial:
    """Test a plugin, given as a spec string or a class derived from `Bonus`, `Strategy` or `Policy`; else BadInput.

    kind: which plugin is meant where several kinds have one of that name; else the first of bonus, strategy, policy.
    `on_start` is called with the name of each check and trait as it begins.
    """
    return _trial(plugin_under_test(spec_or_class, kind), on_start)


def run_trials(spec: str, *, kind: Kind | None = None, on_start: OnStart | None = None) -> list[Trial]:
    """A trial of every plugin that the spec names, one per kind; BadInput where it names none."""
    return [_trial(each, on_start) for each in plugins_under_test(spec, kind)]


def _trial(plugin: PluginUnderTest, on_start: OnStart | None) -> Trial:
    started = time.perf_counter()

    def starts(name: str) -> None:
        if on_start is not None:
            on_start(f"{plugin.kind} {plugin.spec}: {name}")

    known: dict[str, Check] = {}
    for name in rules(plugin):
        starts(name)
        judge(plugin, name, known)
    checks = [known[name] for name in rules(plugin)]
    # Traits of a plugin that breaks its contract are not comparable.
    sound = all(check.passed is True for check in checks)
    traits = measure(plugin, starts) if sound else []
    seconds = time.perf_counter() - started
    return Trial(plugin.spec, plugin.kind, plugin.origin, plugin.all_settings(), checks, traits, seconds)
