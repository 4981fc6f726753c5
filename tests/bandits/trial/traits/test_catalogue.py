"""Everything is measured or said to be missing, beside what is recorded of the built-in plugins."""

import math

import numpy as np
import pytest

from bandits.trial import run_trial
from bandits.trial.plugin_under_test import subject
from bandits.trial.traits import catalogue as traits
from bandits.trial.traits import novelty
from bandits.trial.traits.measurement import Found, Probe, Quality
from explore.bonuses.count import Count
from explore.errors import BadInput

QUALITY = Quality("length", "m", "more", "how long")


class Breaks(Count):
    """Cannot score many transitions at once."""

    def novelty(self, transitions):
        if transitions.reward.shape[1] > 50:
            raise ZeroDivisionError("too many")
        return super().novelty(transitions)


def found(values):
    return Probe((QUALITY,), lambda subject, names: [Found(np.asarray(values, float))])


def test_a_plugin_that_breaks_is_named_and_the_others_are_measured():
    plugin = subject(Breaks)
    broken = traits.measured(plugin, novelty.PROBES[0])
    assert [each.name for each in broken] == [quality.name for quality in novelty.LIFE]
    assert all(each.problem == "'Breaks' broke while it was measured: ZeroDivisionError: too many" for each in broken)
    assert all(math.isnan(each.value) for each in broken)
    (whole,) = traits.measured(plugin, novelty.PROBES[1])
    assert whole.problem == ""
    assert math.isfinite(whole.value)


def test_refusals_and_figures_that_are_not_finite_are_said_too():
    def refuse(subject, names):
        raise BadInput("only pictures.")

    (refused,) = traits.measured(subject("count"), Probe((QUALITY,), refuse))
    assert refused.problem == "'count' refuses what it is measured with: only pictures."
    (infinite,) = traits.measured(subject("count"), found([1.0, math.inf]))
    assert infinite.problem == "length came out not finite"
    (good,) = traits.measured(subject("count"), found([1.0, 2.0]))
    assert (good.value, good.problem) == (1.5, "")


def test_traits_stand_beside_the_recorded_ones(monkeypatch):
    recorded = {"a": {"length": [2.0, 1.0, 3.0]}, "b": {"length": None}, "c": {}}
    monkeypatch.setattr(traits, "figures", lambda kind: recorded)
    monkeypatch.setitem(traits.PROBES, "bonus", (found([4.0, 6.0]),))
    heard = []
    (trait,) = traits.measure(subject("count"), heard.append)
    assert (trait.builtin, heard) == ({"a": 2.0}, ["length"])


def test_a_trial_measures_what_keeps_its_contract(monkeypatch):
    monkeypatch.setitem(traits.PROBES, "strategy", (found([4.0, 6.0]),))
    heard = []
    trial = run_trial("greedy", told=heard.append)
    assert [trait.value for trait in trial.traits] == [5.0]
    assert (heard[0], heard[-1]) == ("strategy greedy: shapes", "strategy greedy: length")
    assert trial.as_dict()["traits"][0]["learners"] == [4.0, 6.0]


@pytest.mark.parametrize("kind", ["bonus", "strategy", "policy"])
def test_every_trait_has_a_name_of_its_own(kind):
    names = [quality.name for quality in traits.qualities(kind)]
    assert len(names) == len(set(names)) >= 6
