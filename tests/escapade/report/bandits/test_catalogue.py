"""docs/bandits.md is what the catalogue prints."""

from pathlib import Path

import escapade
from escapade.report.bandits.catalogue import page, policies

DOCS = Path(escapade.__file__).parents[1] / "docs" / "bandits.md"


def test_the_page_is_up_to_date() -> None:
    """Print it anew with `python -m escapade.report.bandits.catalogue > docs/bandits.md`."""
    if DOCS.exists():  # an installed copy has no docs
        assert DOCS.read_text(encoding="utf-8") == page()


def test_bounds_have_their_kind_and_formula() -> None:
    known = {policy["name"]: policy["bound"] for policy in policies()}
    assert known["ucb1"] == "finite-time: 8 Σ ln T/Δ + (1 + π²/3) ΣΔ"
    assert known["thompson"].split("; ") == [
        "asymptotic: C ln T, C of Lai & Robbins",
        "mean over the prior: √(KT ln K/2)",
        "mean over the prior: √(2(σ²+1)KT ln K)",
    ]
    assert known["epsilon-greedy"].startswith("lower bound: ε T ΣΔ/K; finite-time: ")
    assert known["tsallis-inf"] == "finite-time, worst case: 4√(KT) + 1"
    assert known["besa"] == ""
