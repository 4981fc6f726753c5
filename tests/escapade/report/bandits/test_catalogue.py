"""docs/bandits.md is what the catalogue prints."""

from pathlib import Path

import escapade
from escapade.report.bandits.catalogue import page, policies

DOCS = Path(escapade.__file__).parents[1] / "docs" / "bandits.md"


def test_the_page_is_up_to_date() -> None:
    """Print it anew with `python -m escapade.report.bandits.catalogue > docs/bandits.md`."""
    if DOCS.exists():  # an installed copy has no docs
        assert DOCS.read_text(encoding="utf-8") == page()


def test_bounds_are_named_by_kind() -> None:
    known = {policy["name"]: policy["bound"] for policy in policies()}
    assert known["ucb1"] == "finite-time"
    assert known["kl-ucb"] == "finite-time; asymptotic"
    assert known["thompson"] == "asymptotic; mean over the prior"
    assert known["epsilon-greedy"] == "linear, below; finite-time"
    assert known["tsallis-inf"] == "finite-time, worst case"
    assert known["besa"] == ""
