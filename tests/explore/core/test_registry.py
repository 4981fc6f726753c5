"""The registry with entry points made up for the occasion: bad plugins are named and take nothing down."""

from importlib.metadata import EntryPoint
from types import SimpleNamespace

import pytest

import explore.core.registry
from explore.bonuses.count import Count
from explore.core.plugins import BONUSES, STRATEGIES, make_bonus, make_strategy
from explore.core.registry import Registry
from explore.errors import BadInput

GROUP = "escapade.bonuses"


def point(name, target, distribution):
    made = EntryPoint(name, target, GROUP)
    vars(made)["dist"] = SimpleNamespace(name=distribution, version="1.0")
    return made


@pytest.fixture
def registry(monkeypatch, tmp_path):
    """Good plugins of two distributions, two that clash, two that do not import, one not there, one no plugin."""
    (tmp_path / "leaves_at_import.py").write_text("import sys\nsys.exit('no licence')\n")
    monkeypatch.syspath_prepend(tmp_path)
    points = [
        point("count", "collections:OrderedDict", "a-thief"),
        point("count", "explore.bonuses.count:Count", "escapade"),
        point("ucount", "explore.bonuses.count:Count", "theirs"),
        point("absent", "no_such_module:Thing", "broken"),
        point("missing", "explore.bonuses.count:Thing", "broken"),
        point("leaves", "leaves_at_import:Thing", "broken"),
        point("odd", "collections:OrderedDict", "broken"),
        point("twice", "explore.bonuses.mix:Mix", "zeta"),
        point("twice", "explore.bonuses.count:Count", "alpha"),
    ]
    monkeypatch.setattr(explore.core.registry, "entry_points", lambda group: points if group == GROUP else [])
    return Registry(GROUP, "bonus")


def test_sound_plugins_work_beside_broken_ones(registry):
    assert registry.names() == ["absent", "count", "leaves", "missing", "odd", "twice", "ucount"]
    assert registry.get("ucount") is Count
    assert registry.get("count") is Count  # the house's own name cannot be taken
    assert registry.get("twice") is Count  # between others the distribution's name decides, not chance


def test_broken_plugins_are_reported_by_name_and_distribution(registry):
    problems = {(entry.name, entry.distribution): entry.problem for entry in registry.entries()}
    assert problems[("count", "escapade")] is problems[("ucount", "theirs")] is None
    assert problems[("count", "a-thief")] == "its name is taken by escapade"
    assert problems[("twice", "zeta")] == "its name is taken by alpha"
    assert "no_such_module" in problems[("absent", "broken")]
    assert "AttributeError" in problems[("missing", "broken")]
    assert "SystemExit: no licence" in problems[("leaves", "broken")]
    assert "is not a bonus: its Settings must be" in problems[("odd", "broken")]
    assert len(problems) == 9


def test_asking_for_a_broken_or_unknown_plugin_says_why(registry):
    with pytest.raises(BadInput, match=r"'absent' \(no_such_module:Thing\) cannot be imported: ModuleNotFoundError"):
        registry.get("absent")
    with pytest.raises(BadInput, match="unknown bonus 'cuont': did you mean 'count'"):
        registry.get("cuont")


def test_plugins_added_from_python(registry):
    registry.add("mine", Count)
    plugin, settings = registry.resolve("mine:beta=0.5")
    assert plugin is Count
    assert settings.beta == 0.5
    with pytest.raises(BadInput, match="taken"):
        registry.add("mine", Count)
    with pytest.raises(BadInput, match="taken"):
        registry.add("count", Count)
    with pytest.raises(BadInput, match=r"'odd one' .* is not a bonus: its Settings must be"):
        registry.add("odd one", object)


@pytest.mark.parametrize("registry_of", [BONUSES, STRATEGIES])
def test_the_built_in_plugins_come_through_the_same_door(registry_of):
    own = [entry for entry in registry_of.entries() if entry.distribution == "escapade"]
    assert {"count", "mix", "simhash"} <= {e.name for e in own} or {"ucb", "greedy"} <= {e.name for e in own}
    for entry in own:
        assert registry_of.get(entry.name).Settings().model_dump() is not None


def test_making_plugins_from_spec_strings():
    import gymnasium as gym

    bonus = make_bonus("count:beta=0.5", gym.spaces.Discrete(3), gym.spaces.Discrete(2), learners=4, envs=2)
    assert (bonus.settings.beta, bonus.learners, bonus.envs) == (0.5, 4, 2)
    assert make_strategy("boltzmann:end=0.3", 5, envs=2).settings.end == 0.3
    with pytest.raises(BadInput, match="setting 'beta'"):
        make_bonus("count:beta=-1", gym.spaces.Discrete(3), gym.spaces.Discrete(2))
