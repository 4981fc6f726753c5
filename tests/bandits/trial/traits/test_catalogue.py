"""Everything is measured or said to be missing, with what is recorded of the built-in plugins."""

import math

import numpy as np
import pytest

from bandits.trial import run_trial
from bandits.trial.plugin_under_test import plugin_under_test
from bandits.trial.traits import catalogue as traits
from bandits.trial.traits import novelty
from bandits.trial.traits.measurement import Measurement, Probe, TraitSpec
from explore.bonuses.count import Count
from explore.errors import BadInput

QUALITY = TraitSpec("length", "m", "more", "how long")


class Breaks(Count):
    """Cannot score many transitions at once."""

    def novelty(self, transitions):
        if transitions.reward.shape[1] > 50:
            raise ZeroDivisionError("too many")
        return super().novelty(transitions)


def probe_of(values):
    return Probe((QUALITY,), lambda plugin, names: [Measurement(np.asarray(values, float))])


def test_a_plugin_that_breaks_is_named_and_the_others_are_measured():
    plugin = plugin_under_test(Breaks)
    broken = traits.measured(plugin, novelty.PROBES[0])
    assert [each.name for each in broken] == [spec.name for spec in novelty.OVER_VISITS]
    assert all(each.problem == "'Breaks' broke while it was measured: ZeroDivisionError: too many" for each in broken)
    assert all(math.isnan(each.value) for each in broken)
    (whole,) = traits.measured(plugin, novelty.PROBES[1])
    assert whole.problem == ""
    assert math.isfinite(whole.value)


def test_refusals_and_figures_that_are_not_finite_are_said_too():
    def refuse(plugin, names):
        raise BadInput("only pictures.")

    (refused,) = traits.measured(plugin_under_test("count"), Probe((QUALITY,), refuse))
    assert refused.problem == "'count' refuses what it is measured with: only pictures."
    (infinite,) = traits.measured(plugin_under_test("count"), probe_of([1.0, math.inf]))
    assert infinite.problem == "length came out not finite"
    (good,) = traits.measured(plugin_under_test("count"), probe_of([1.0, 2.0]))
    assert (good.value, good.problem) == (1.5, "")


def test_traits_come_with_the_recorded_ones(monkeypatch):
    recorded = {"a": {"length": [2.0, 1.0, 3.0]}, "b": {"length": None}, "c": {}}
    monkeypatch.setattr(traits, "figures", lambda kind: recorded)
    monkeypatch.setitem(traits.PROBES, "bonus", (probe_of([4.0, 6.0]),))
    names = []
    (trait,) = traits.measure(plugin_under_test("count"), names.append)
    assert (trait.builtin, names) == ({"a": 2.0}, ["length"])


def test_a_trial_measures_what_keeps_its_contract(monkeypatch):
    monkeypatch.setitem(traits.PROBES, "strategy", (probe_of([4.0, 6.0]),))
    names = []
    trial = run_trial("greedy", on_start=names.append)
    assert [trait.value for trait in trial.traits] == [5.0]
    assert (names[0], names[-1]) == ("strategy greedy: shapes", "strategy greedy: length")
    assert trial.as_dict()["traits"][0]["learners"] == [4.0, 6.0]


@pytest.mark.parametrize("kind", ["bonus", "strategy", "policy"])
def test_every_trait_has_a_name_of_its_own(kind):
    names = [spec.name for spec in traits.trait_specs(kind)]
    assert len(names) == len(set(names)) >= 6
