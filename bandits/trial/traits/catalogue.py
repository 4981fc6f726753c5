"""All traits of a plugin, with the recorded ones of the built-in plugins.

A plugin that breaks while a trait is measured, or refuses what it is measured with, has no such trait; the report says
so by name and goes on with the next. Nothing that is measured is left out.
"""

import math
from collections.abc import Callable
from dataclasses import replace

from bandits.trial.comparison import fixed_random_state
from bandits.trial.plugin_under_test import PluginUnderTest
from bandits.trial.result import Kind, Trait
from bandits.trial.traits import combination_lock, cost, exploration, long_learning, noise, novelty, regret
from bandits.trial.traits.measurement import Probe, TraitSpec, learners, trait
from bandits.trial.traits.recorded import figures
from explore.errors import BadInput

PROBES: dict[Kind, tuple[Probe, ...]] = {
    "bonus": (
        *novelty.PROBES,
        *long_learning.PROBES,
        *noise.PROBES,
        *combination_lock.PROBES,
        *regret.PROBES,
        *cost.PROBES,
    ),
    "strategy": (*exploration.PROBES, *combination_lock.PROBES, *regret.PROBES, *cost.PROBES_OF_STRATEGIES),
    "policy": (*regret.PROBES_OF_POLICIES, *cost.PROBES_OF_POLICIES),
}

OnStart = Callable[[str], None]


def measure(plugin: PluginUnderTest, on_start: OnStart | None = None) -> list[Trait]:
    """Every trait of the plugin's kind; `on_start` is called with the name of each as its measurement begins."""
    traits = []
    for probe in PROBES[plugin.kind]:
        if on_start is not None:
            on_start(probe.traits[0].name)
        traits += [with_builtin(each, plugin.kind) for each in measured(plugin, probe)]
    return traits


def trait_specs(kind: Kind) -> list[TraitSpec]:
    """What is measured of a kind of plugin, in order."""
    return [spec for probe in PROBES[kind] for spec in probe.traits]


def measured(plugin: PluginUnderTest, probe: Probe) -> list[Trait]:
    """What the probe measures, or why it measures nothing."""
    try:
        with fixed_random_state():
            measurements = probe.measure(plugin, learners(plugin))
        broken = [
            q.name for q, f in zip(probe.traits, measurements, strict=True) if not all(map(math.isfinite, f.values))
        ]
        if broken:
            return [_unmeasured(spec, f"{' and '.join(broken)} came out not finite") for spec in probe.traits]
        return [trait(spec, each) for spec, each in zip(probe.traits, measurements, strict=True)]
    except BadInput as error:
        why = f"'{plugin.spec}' refuses what it is measured with: {error}"
    except Exception as error:  # whatever a plugin under trial raises
        why = f"'{plugin.spec}' broke while it was measured: {type(error).__name__}: {error}"
    return [_unmeasured(spec, why) for spec in probe.traits]


def with_builtin(each: Trait, kind: Kind) -> Trait:
    """The trait with the recorded ones of the built-in plugins."""
    builtin = {}
    for name, traits in figures(kind).items():
        recorded = traits.get(each.name)
        if recorded is not None:
            builtin[name] = recorded[0]
    return replace(each, builtin=builtin)


def _unmeasured(spec: TraitSpec, why: str) -> Trait:
    nothing = math.nan
    return Trait(spec.name, nothing, (nothing, nothing), spec.unit, spec.meaning, better=spec.better, problem=why)
