"""Which public symbols there are, and which of them the build refuses for want of a docstring."""

import importlib
import sys
from pathlib import Path

import pytest

import explore
from docs.generator.symbols import PACKAGES, Symbol, data_docstring, members, public_symbols, undocumented

SOURCE = '''"""A package."""

from dataclasses import dataclass

LIMIT = 3
"""How many there may be."""

NAMELESS = 4


class Base:
    """A base."""

    def shared(self):
        """Documented here alone."""

    def _private(self):
        pass


class Derived(Base):
    """A class."""

    def shared(self):
        pass

    def bare(self):
        pass

    @property
    def silent(self):
        return 1


@dataclass
class Row:
    value: int


def spoken():
    """A function."""


def mute():
    pass


__all__ = ["LIMIT", "NAMELESS", "Base", "Derived", "Row", "mute", "spoken"]
'''


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Symbol]:
    (tmp_path / "documented_in_part.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("docs.generator.symbols.OURS", ("documented_in_part",))
    monkeypatch.setattr("docs.generator.symbols.PACKAGES", ("documented_in_part",))
    importlib.import_module("documented_in_part")
    yield public_symbols(("documented_in_part",))
    del sys.modules["documented_in_part"]


def test_every_public_symbol_of_escapade_has_a_docstring() -> None:
    assert undocumented(public_symbols()) == []


def test_they_are_those_that_the_packages_list() -> None:
    names = {symbol.full_name for symbol in public_symbols()}
    for package in PACKAGES:
        listed = {f"{package}.{name}" for name in importlib.import_module(package).__all__ if name != "__version__"}
        assert listed - names <= set(PACKAGES)
    assert {"explore.Bonus", "bandits.theory.lai_robbins", "agents.planners.METHODS"} <= names


def test_what_has_no_docstring_is_named(package: list[Symbol]) -> None:
    missing = {name.removeprefix("documented_in_part.") for name in undocumented(package)}
    # `Row` has only the text that a dataclass writes by itself; `Derived.shared` inherits its docstring.
    assert missing == {"NAMELESS", "Derived.bare", "Derived.silent", "Row", "mute"}


def test_one_that_loses_its_docstring_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explore.CountTable.get, "__doc__", None)
    monkeypatch.setattr(explore.make_bonus, "__doc__", None)
    assert undocumented(public_symbols()) == ["explore.CountTable.get", "explore.make_bonus"]


def test_a_constant_is_documented_after_its_assignment() -> None:
    (symbol,) = [symbol for symbol in public_symbols() if symbol.full_name == "explore.BONUSES"]
    assert symbol.what == "data"
    assert data_docstring(symbol).startswith("The bonuses:")


def test_methods_of_a_base_that_is_not_public_are_shown_and_other_libraries_are_not() -> None:
    by_name = {symbol.full_name: symbol for symbol in public_symbols()}
    assert members(by_name["explore.BonusReward"]) == ["bonus", "freeze"]  # `step` and `reset` are Gymnasium's
    assert "observe" in members(by_name["explore.Bonus"])
    assert "observe" not in members(by_name["explore.Visits"])  # it stands with Bonus
