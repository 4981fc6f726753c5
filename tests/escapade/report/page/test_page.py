"""The page: whole without a network, structured for screen readers, and in a browser without errors or overflow.

The browser is a Chromium that is installed, driven by playwright; without them its test is skipped.
"""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from agents.training.results import Block, LearnerResult
from bandits.simulator.simulation import simulate
from escapade.report.bandits import report as bandit_report
from escapade.report.mazes.figures import maze_figures
from escapade.report.results import Results

pytest.importorskip("altair")
page = pytest.importorskip("escapade.report.page.page")

MAZE = "MiniGrid-DoorKey-8x8-v0"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def block(agent: str, returns: list[float]) -> Block:
    visits = [[0] * 8, [0, 3, 90, 1, 0, 0, 0, 0], *[[0] * 8] * 6]
    results = [
        LearnerResult(n, value, float(value > 0.5), value, 1.0, 100, [(10, 0.0), (20, value / 2), (30, value)], visits)
        for n, value in enumerate(returns)
    ]
    return Block(MAZE, agent, 30, 12.0, 400.0, results)


@pytest.fixture(scope="module")
def results() -> Results:
    blocks = [block("epsilon-greedy", [0.0] * 6), block("count:beta=0.1", [0.9, 0.8] * 3), block("rnd", [0.4] * 6)]
    bandits = bandit_report.figures(simulate("two-arms", ["ucb1", "thompson"], runs=50, horizon=200, seed=1))
    session: dict[str, Any] = {
        "started": "2026-01-01T00:00:00Z",
        "command": ["escapade", "run", "</script><b>.toml"],
        "experiment": {"mazes": {"seed": 1}},
        "versions": dict.fromkeys(("python", "escapade", "torch", "numpy"), "1.0"),
        "machine": {"system": "Linux", "processor": "x86_64", "cores": 2},
        "git": None,
    }
    mazes = maze_figures(blocks, {MAZE: 0.97}, {MAZE: ["#" * 8] * 8})
    planned = {"maze": MAZE, "method": "annealing", "budget": 30, "layouts": 20, "return": 0.1234}
    mazes[0]["planners"] = [{**planned, "simulated": 31.5, "seconds": 0.25, "problem": None}]
    return Results("a <name>", json.loads(json.dumps(bandits, default=float)), mazes, [session])


@pytest.fixture(scope="module")
def text(results: Results, tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(page.Page(results, tmp_path_factory.mktemp("no-weights")).text())


class Outline(HTMLParser):
    """Headings, tables and everything that a page would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.tables, self.captions = 0, 0
        self.fetched: list[str] = []
        self.unnamed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        self.tables += tag == "table"
        self.captions += tag == "caption"
        self.fetched += [
            value for name, value in attrs if name in ("src", "href") and value and not value.startswith(("data:", "#"))
        ]
        if (tag == "img" and not known.get("alt")) or (tag == "input" and not known.get("aria-label")):
            self.unnamed.append(tag)


def test_it_is_whole_and_structured(text: str) -> None:
    outline = Outline()
    outline.feed(text)
    assert outline.fetched == []
    assert outline.unnamed == []
    assert outline.tables == outline.captions > 3
    assert outline.levels[0] == 1
    assert outline.levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(outline.levels, outline.levels[1:], strict=False))


def test_text_of_the_results_is_escaped(text: str) -> None:
    assert "<name>" not in text
    assert "</script><b>" not in text


def test_the_verdict_comes_first_and_every_part_is_there(text: str) -> None:
    shown = text.partition("<main>")[2]
    assert shown.index("count:beta=0.1 solved it with 6 of 6 learners") < shown.index("<table>")
    for part in ("Mazes", "Bandits", "Configuration", "Where they went", "An episode", "Proven bounds"):
        assert part in shown
    assert len(re.findall('class="chart"', shown)) == 3 + 3 + 1  # curves and profile, maps, regret
    assert "holds no results" in shown  # no weights, and it is said


def test_the_charts_have_the_figures(text: str, results: Results) -> None:
    specification = json.loads(re.findall(r"<script type=\"application/json\" id='chart-2'>(.*?)</script>", text)[0])
    (rows,) = specification["datasets"].values()
    (row,) = [row for row in rows if row["agent"] == "count:beta=0.1" and row["steps"] == 30]
    assert row["seconds"] == pytest.approx(30 * 6 / 400, abs=0.01)
    assert row["return"] == pytest.approx(results.mazes[0]["agents"][1]["curve"][-1][1])
    assert row["low"] < row["return"] < row["high"]


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_in_a_browser(text: str, tmp_path: Path, width: int, scheme: Any) -> None:
    """No message in the console, nothing fetched, all charts drawn, no horizontal scroll; tables sort."""
    api = pytest.importorskip("playwright.sync_api")
    file = tmp_path / "page.html"
    file.write_text(text, encoding="utf-8")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True)
        tab = context.new_page()
        said: list[str] = []
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.on("request", lambda request: said.append(request.url) if request.url.startswith("http") else None)
        tab.goto(file.as_uri())
        tab.wait_for_function("document.querySelectorAll('.chart svg').length === 7", timeout=60_000)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert "solved it with 6 of 6 learners" in tab.inner_text("#verdict")
        header = tab.locator("#mazes thead button", has_text="return").first
        agents = "[...document.querySelector('#mazes tbody').rows].map(row => row.cells[0].textContent)"
        header.click()
        assert tab.evaluate(agents) == ["epsilon-greedy", "rnd", "count:beta=0.1"]
        header.click()
        assert tab.evaluate(agents) == ["count:beta=0.1", "rnd", "epsilon-greedy"]
        assert said == []
        browser.close()
