"""The generated pages say what is recorded, of every bonus, and what is not recorded they call so."""

import re
from pathlib import Path

import pytest

import explore
from bandits.trial.traits.recorded import figures
from benchmarks.evidence.sweeps import recorded
from docs.generator import bonuses, evidence, parts, trait_figures, traits

ROOT = Path(__file__).parents[2]
ALL = bonuses.names()


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes most of the time of a page."""
    monkeypatch.setattr(trait_figures, "draw", lambda *arguments: None)
    monkeypatch.setattr(bonuses, "draw_curves", lambda *arguments: ())


def test_every_bonus_of_ours_has_a_page() -> None:
    assert [entry.name for entry in explore.BONUSES.entries() if entry.distribution == "escapade"] == ALL
    assert {"count", "rnd", "mix"} <= set(ALL)


@pytest.mark.usefixtures("no_pictures")
@pytest.mark.parametrize("name", ALL)
def test_a_page_has_formula_settings_traits_and_links_that_exist(name: str, tmp_path: Path) -> None:
    page = bonuses.page(name, tmp_path)
    assert re.search(r"\n\n    \S.* = ", page)  # the formula
    model = explore.BONUSES.get(name).Settings
    for key, field in model.model_fields.items():
        assert f"| `{key}` | `" in page
        assert field.description.replace("|", "\\|") in page
    for trait, figure in figures("bonus")[name].items():
        assert f"| {trait} | " + ("–" if figure is None else f"{figure[0]:.3g} [") in page
    for link in re.findall(r"\]\(\.\./\.\./([^)]*)\)", page):
        assert (ROOT / link).exists()
    assert f"](traits-{name}.svg)" in page
    example = re.search(rf"Write them after the name: `({name}:[^`]*)`", page)
    explore.BONUSES.resolve(example[1])


@pytest.mark.usefixtures("no_pictures")
def test_defaults_are_the_class_s_own(tmp_path: Path) -> None:
    assert "| `learns_from` | `new` |" in bonuses.page("rnd", tmp_path)
    assert "| `learns_from` | `drawn` |" in bonuses.page("icm", tmp_path)
    assert "| `first_visit` | `false` |" in bonuses.page("ride", tmp_path)


@pytest.mark.usefixtures("no_pictures")
def test_learning_shows_each_recorded_training(tmp_path: Path) -> None:
    for sweep in recorded():
        for block in sweep.blocks:
            if block.agent in ALL:
                assert f"In `{block.maze}`" in bonuses.page(block.agent, tmp_path)


def test_pictures_are_drawn_of_curves_and_traits(tmp_path: Path) -> None:
    page = bonuses.page("count", tmp_path)
    files = re.findall(r"!\[[^]]*\]\(([^)]*)\)", page)
    assert {"traits-count.svg"} < set(files)
    for file in files:
        assert (tmp_path / file).read_text("utf-8").lstrip().startswith("<?xml")


@pytest.mark.usefixtures("no_pictures")
def test_a_bonus_without_a_training_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bonuses, "results_of", lambda name: [])
    assert "not measured yet" in bonuses.page("count", tmp_path)


def test_weaknesses_follow_from_the_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = {
        "decay of novelty": (0.5, 0.49, 0.51),
        "novelty that comes back": (0.0, 0.0, 0.0),
        "unseen against seen": (0.9, 0.8, 1.0),
        "rare against common": (5.0, 3.0, 7.0),
        "pull of pure noise": (0.1, 0.09, 0.11),
        "longest lock": (40.0, 40.0, 40.0),
    }
    faults = {
        "decay of novelty": ((0.0, 0.0, 0.0), "does not fall with the visits"),
        "novelty that comes back": ((0.3, 0.1, 0.5), "It forgets"),
        "unseen against seen": ((0.55, 0.45, 0.65), "does not tell unseen"),
        "rare against common": ((1.4, 0.9, 1.9), "is not significantly larger for rare states"),
        "pull of pure noise": ((0.5, 0.2, 0.8), "Pure noise attracts it"),
        "longest lock": ((5.0, 4.0, 6.0), "in 50 episodes has 5 arms"),
    }
    monkeypatch.setattr(traits, "figures", lambda kind: {"mine": sound})
    assert traits.weaknesses("mine") == []
    for trait, (figure, sentence) in faults.items():
        monkeypatch.setattr(traits, "figures", lambda kind, t=trait, f=figure: {"mine": {**sound, t: f}})
        (only,) = traits.weaknesses("mine")
        assert sentence in only
    monkeypatch.setattr(traits, "figures", lambda kind: {"mine": {**sound, "pull of pure noise": (0.5, 0.1, 0.9)}})
    assert traits.weaknesses("mine") == []  # an interval that holds chance supports nothing


def test_expected_performance_has_each_recorded_maze_and_names_the_others() -> None:
    text = evidence.expected_performance()
    measured = {block.maze for sweep in recorded() for block in sweep.blocks}
    recorded_part, _, missing = text.partition("## Not measured yet")
    for maze in measured:
        assert f"`{maze}`" in recorded_part
        assert f"`{maze}`" not in missing


def test_every_part_that_a_page_asks_for_can_be_made() -> None:
    asked = {
        name
        for page in (ROOT / "docs").glob("*.md")
        for name in re.findall(r"^```\{generated\} (\S+)", page.read_text("utf-8"), flags=re.MULTILINE)
    }
    assert asked == set(parts.PARTS)
    for make in parts.PARTS.values():
        assert make().strip()
