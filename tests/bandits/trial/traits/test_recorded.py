"""The recorded traits: every built-in plugin is there with every trait, and the documentation says the same."""

import importlib
import json
import math
from pathlib import Path

import pytest

from bandits.trial.traits import recorded

ROOT = Path(__file__).parents[4]
KINDS = ("bonus", "strategy", "policy")


@pytest.fixture
def recorder(monkeypatch):
    """The module that records and documents; it is no part of the distribution."""
    monkeypatch.syspath_prepend(str(ROOT))
    return importlib.import_module("benchmarks.traits")


@pytest.mark.parametrize("kind", KINDS)
def test_every_built_in_plugin_has_every_trait(kind, recorder):
    figures = recorded.figures(kind)
    assert list(figures) == recorder.built_in(kind)
    names = [spec.name for spec in recorder.trait_specs(kind)]
    for spec, traits in figures.items():
        assert list(traits) == names, spec
        for figure in traits.values():
            if figure is not None:
                value, low, high = figure
                assert math.isfinite(value)
                assert low <= value <= high


def test_costs_and_speeds_are_above_zero_and_larger_than_their_noise(recorder):
    for kind in KINDS:
        for spec, traits in recorded.figures(kind).items():
            for name, figure in traits.items():
                if figure is not None and name.startswith(recorder.OF_THE_MACHINE):
                    _, low, high = figure
                    assert 0 < high < 3 * low, (spec, name)


def test_every_trial_took_less_than_three_minutes(recorder):
    for kind in KINDS:
        seconds = recorded.recording()["seconds"][kind]
        assert list(seconds) == recorder.built_in(kind)
        assert max(seconds.values()) < 180


def test_bonuses_and_strategies_lack_nothing():
    for kind in ("bonus", "strategy"):
        assert all(each is not None for traits in recorded.figures(kind).values() for each in traits.values())


def test_the_documentation_is_the_recording(recorder):
    assert recorder.DOCUMENT.read_text(encoding="utf-8") == recorder.page(recorded.recording())


def test_a_page_by_hand(recorder):
    figures = {"count": {"longest lock": [40.0, 39.5, 40.5], "decay of novelty": None}}
    page = recorder.page({"made": {"day": "2020-01-01"}, "traits": {"bonus": figures}})
    assert "Recorded with: day 2020-01-01." in page
    (line,) = [line for line in page.splitlines() if line.startswith("| `count` |") and "40 [39.5, 40.5]" in line]
    assert "| – |" in "\n".join(line for line in page.splitlines() if line.startswith("| `count` |"))
    assert line.count("|") >= 3


def test_a_recording_goes_on_where_it_was_interrupted(recorder, tmp_path, monkeypatch):
    from bandits.trial.result import Check, Trait, Trial

    asked = []

    def run_trial(spec, kind):
        if len(asked) == 3:
            asked.append("interrupted")
            raise KeyboardInterrupt
        asked.append(spec)
        traits = [
            Trait("length", 1.23456789, (1.0, 2.0), "m", "how long"),
            Trait("lack", 0, (0, 0), "", "", problem="no"),
        ]
        return Trial(spec, kind, "here", {}, [Check("shapes", spec != "broken", "")], traits, 2.5)

    file, document = tmp_path / "recorded.json", tmp_path / "traits.md"
    monkeypatch.setattr(recorder, "run_trial", run_trial)
    monkeypatch.setattr(recorder, "FILE", file)
    monkeypatch.setattr(recorder, "UNDER_WAY", file.with_suffix(".partial.json"))
    monkeypatch.setattr(recorder, "DOCUMENT", document)
    monkeypatch.setattr(recorder, "built_in", lambda kind: [f"{kind}-{number}" for number in (1, 2)])
    with pytest.raises(KeyboardInterrupt):
        recorder.main("--record")
    assert not file.exists()
    recorder.main("--record")
    everything = [f"{kind}-{number}" for kind in KINDS for number in (1, 2)]
    assert asked == [*everything[:3], "interrupted", *everything[3:]]
    simulation = json.loads(file.read_text())
    assert [spec for kind in KINDS for spec in simulation["traits"][kind]] == everything
    assert simulation["traits"]["policy"]["policy-2"] == {"length": [1.23457, 1.0, 2.0], "lack": None}
    assert simulation["seconds"]["policy"] == {"policy-1": 2.5, "policy-2": 2.5}
    assert set(tmp_path.iterdir()) == {file, document}
    asked.clear()
    recorder.main("--record", "strategy-1")
    assert asked == ["strategy-1"]
    assert list(json.loads(file.read_text())["traits"]["strategy"]) == ["strategy-1", "strategy-2"]
    monkeypatch.setattr(recorder, "built_in", lambda kind: ["broken"])
    with pytest.raises(SystemExit, match=r"bonus broken breaks its contract \(shapes\)"):
        recorder.main("--record")
    assert list(json.loads(file.read_text())["traits"]["strategy"]) == ["strategy-1", "strategy-2"]


def test_what_was_measured_with_other_sources_is_measured_again(recorder, tmp_path, monkeypatch):
    from bandits.trial.result import Trial

    asked, file = [], tmp_path / "recorded.json"
    for name, value in {
        "FILE": file,
        "UNDER_WAY": file.with_suffix(".partial.json"),
        "DOCUMENT": tmp_path / "t",
    }.items():
        monkeypatch.setattr(recorder, name, value)
    monkeypatch.setattr(recorder, "built_in", lambda kind: [kind])

    def run_trial(spec, kind):
        asked.append(spec)
        if asked == ["bonus", "strategy"]:
            raise KeyboardInterrupt
        return Trial(spec, kind, "here", {}, [], [], 1.0)

    monkeypatch.setattr(recorder, "run_trial", run_trial)
    with pytest.raises(KeyboardInterrupt):
        recorder.main("--record")
    monkeypatch.setattr(recorder, "under_way", lambda: {"sources": "others"})
    recorder.main("--record")
    assert asked == ["bonus", "strategy", *KINDS]
