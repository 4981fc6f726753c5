"""docs/bonuses.md is what `page` prints: a line per bonus with its formula, and links to files that exist."""

import re
from pathlib import Path

import pytest

import escapade
from escapade.report import bonuses
from escapade.report.bandits import catalogue
from explore.core.plugins import BONUSES

DOCS = Path(escapade.__file__).parents[1] / "docs"
needs_docs = pytest.mark.skipif(not DOCS.exists(), reason="an installed copy has no docs")


@needs_docs
def test_the_page_is_up_to_date():
    """Print it again with `python -m escapade.report.bonuses > docs/bonuses.md`."""
    assert (DOCS / "bonuses.md").read_text(encoding="utf-8") == bonuses.page()


def test_every_bonus_has_its_formula():
    lines = {line.split("`")[1]: line for line in bonuses.page().splitlines() if line.startswith("| `")}
    assert set(lines) == {entry.name for entry in BONUSES.entries() if entry.distribution == "escapade"}
    assert "b(s′) = ‖f̂(s′) − f(s′)‖²" in lines["rnd"].replace("\\|", "|")
    assert "b(s′) = β/√(n(s′) + 0.01)" in lines["count"]


@needs_docs
@pytest.mark.parametrize("page", [bonuses.page, catalogue.page], ids=["bonuses", "policies"])
def test_links_lead_to_files_that_exist(page):
    links = re.findall(r"\]\(([^)]+)\)", page())
    assert len(links) >= 30
    assert [link for link in links if not (DOCS / link.partition("#")[0]).exists()] == []
