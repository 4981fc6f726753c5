"""What the README, CONTRIBUTING and docs/*.md point to in the repository exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
SITE = ("index", "guide", "evidence", "reference", "changelog", "contributing")  # its navigation, and files of the root
MADE_BY_THE_BUILD = ("api/", "bonus/")
IN_CODE = re.compile(r"`((?:explore|bandits|agents|escapade|docs|examples|benchmarks|tests)/[\w./-]*)`")


def links(text: str) -> list[str]:
    """The targets of links and pictures that are files, without their anchors."""
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    return [target.partition("#")[0] for target in targets if not re.match(r"https?:|mailto:|#", target)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    missing = [
        link
        for link in links(page.read_text("utf-8"))
        if not (page.parent / link).exists() and not link.startswith(MADE_BY_THE_BUILD)
    ]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_in_code_exist(page: Path) -> None:
    named = IN_CODE.findall(page.read_text("utf-8"))
    there = [path for path in named if "NAME" not in path and not path.startswith("docs/_build")]  # that is built
    assert all((ROOT / path).exists() for path in there), there


def test_a_link_is_read_without_its_anchor() -> None:
    assert links("[a](b.md#c) ![d](e.svg) [f](https://g) [h](#i)") == ["b.md", "e.svg"]


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, todo = set(), [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        if page not in reached and page.suffix == ".md" and page.exists():
            reached.add(page)
            todo += [(page.parent / link).resolve() for link in links(page.read_text("utf-8"))]
    assert {page for page in (ROOT / "docs").glob("*.md") if page.stem not in SITE} <= reached
