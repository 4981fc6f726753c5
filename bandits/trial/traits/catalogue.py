"""The traits of a plugin, all of them, beside the recorded ones of the built-in plugins.

A plugin that breaks while a trait is measured, or refuses what it is measured with, has no such trait; the report says
so by name and goes on with the next. Nothing that is measured is left out.
"""

import math
from collections.abc import Callable
from dataclasses import replace

from bandits.trial.comparison import settled
from bandits.trial.plugin_under_test import Subject
from bandits.trial.result import Kind, Trait
from bandits.trial.traits import combination_lock, cost, exploration, noise, novelty, regret
from bandits.trial.traits.measurement import Probe, Quality, learners, trait
from bandits.trial.traits.recorded import figures
from explore.errors import BadInput

PROBES: dict[Kind, tuple[Probe, ...]] = {
    "bonus": (*novelty.PROBES, *noise.PROBES, *combination_lock.PROBES, *regret.PROBES, *cost.PROBES),
    "strategy": (*exploration.PROBES, *combination_lock.PROBES, *regret.PROBES, *cost.PROBES_OF_STRATEGIES),
    "policy": (*regret.PROBES_OF_POLICIES, *cost.PROBES_OF_POLICIES),
}

Told = Callable[[str], None]


def measure(subject: Subject, told: Told | None = None) -> list[Trait]:
    """Every trait of the subject's kind; `told` hears the name of each as its measurement begins."""
    found = []
    for probe in PROBES[subject.kind]:
        if told is not None:
            told(probe.qualities[0].name)
        found += [with_builtin(each, subject.kind) for each in measured(subject, probe)]
    return found


def qualities(kind: Kind) -> list[Quality]:
    """What is measured of a kind of plugin, in order."""
    return [quality for probe in PROBES[kind] for quality in probe.qualities]


def measured(subject: Subject, probe: Probe) -> list[Trait]:
    """What the probe finds, or why it finds nothing."""
    try:
        with settled():
            found = probe.measure(subject, learners(subject))
        broken = [q.name for q, f in zip(probe.qualities, found, strict=True) if not all(map(math.isfinite, f.values))]
        if broken:
            return [_unmeasured(quality, f"{' and '.join(broken)} came out not finite") for quality in probe.qualities]
        return [trait(quality, each) for quality, each in zip(probe.qualities, found, strict=True)]
    except BadInput as error:
        why = f"'{subject.spec}' refuses what it is measured with: {error}"
    except Exception as error:  # whatever a plugin under trial raises
        why = f"'{subject.spec}' broke while it was measured: {type(error).__name__}: {error}"
    return [_unmeasured(quality, why) for quality in probe.qualities]


def with_builtin(each: Trait, kind: Kind) -> Trait:
    """The trait beside the recorded ones of the built-in plugins."""
    builtin = {}
    for spec, traits in figures(kind).items():
        recorded = traits.get(each.name)
        if recorded is not None:
            builtin[spec] = recorded[0]
    return replace(each, builtin=builtin)


def _unmeasured(quality: Quality, why: str) -> Trait:
    nothing = math.nan
    return Trait(
        quality.name, nothing, (nothing, nothing), quality.unit, quality.meaning, better=quality.better, problem=why
    )
