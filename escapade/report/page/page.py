"""The report as one self-contained web page: verdict, tables that sort, charts with tooltips, episodes that play.

Vega, which draws the charts, stands in the page itself, and nothing is fetched from elsewhere. The page follows the
reader's light or dark setting, and is readable on a narrow screen and by a screen reader.
"""

import json
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import vl_convert

from escapade.report import setup
from escapade.report.bandits import report as bandit_report
from escapade.report.mazes import visits
from escapade.report.mazes.luck import luck_lines
from escapade.report.mazes.report import LEGEND_BY_GOAL, LEGEND_BY_RETURN, planner_lines
from escapade.report.mazes.traps import trap_lines
from escapade.report.mazes.verdict import headline, held_out_lines, rank_sentence, sentence
from escapade.report.page import charts, elements
from escapade.report.page.episode import Played, picture_of, played
from escapade.report.results import Results

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<main>
{body}
</main>
<script>{vega}</script>
<script>{script}</script>
</body>
</html>
"""
COLUMNS = (
    "agent",
    "return",
    "95 % interval",
    "held out",
    "held out, 95 %",
    "solved",
    "solved, 95 %",
    "P(better)",
    "P(better), 95 %",
    "p (Holm)",
    "steps to half",
    "seconds to half",
    "steps to 90 %",
    "seconds to 90 %",
    "first reward, median steps",
    "seconds with evaluation",
    "steps per second",
)

PLANNER_COLUMNS = ("planner", "return", "simulated steps per layout", "seconds per layout")


class Page:
    """Builds the page of some results; `folder` holds the weights of the learners whose episodes are shown."""

    def __init__(self, results: Results, folder: Path) -> None:
        self._results, self._folder = results, folder
        self._charts = 0

    def text(self) -> str:
        """The whole page."""
        title = f"Escapade: {self._results.name}"
        return PAGE.format(
            title=escape(title),
            style=_resource("page.css"),
            body="\n".join([elements.heading(1, title), *self._sections()]),
            vega=vl_convert.javascript_bundle(None),  # type: ignore[arg-type]  # the default snippet
            script=_resource("page.js"),
        )

    def _sections(self) -> Iterator[str]:
        results = self._results
        yield from (elements.paragraph(note, "note") for note in results.notes)
        verdicts = [
            line for maze in results.mazes for line in (headline(maze), *held_out_lines(maze), *luck_lines(maze))
        ]
        if ranks := rank_sentence(results.mazes):
            verdicts.append(ranks)
        if results.bandits is not None:
            verdicts.append(bandit_report.sentence(results.bandits))
        items = "".join(f"<li>{escape(verdict)}</li>" for verdict in verdicts)
        yield elements.section("verdict", elements.heading(2, "Verdict"), f'<ul class="verdict">{items}</ul>')
        if results.mazes:
            yield elements.section("mazes", elements.heading(2, "Mazes"), *map(self._maze, results.mazes))
        if results.bandits is not None:
            yield elements.section("bandits", elements.heading(2, "Bandits"), *self._bandits(results.bandits))
        yield elements.section("setup", elements.heading(2, "Configuration"), *self._setup())

    def _maze(self, maze: dict[str, Any]) -> str:
        best = max(maze["agents"], key=lambda agent: float(agent["return"]["iqm"]))
        parts = [elements.heading(3, maze["id"]), elements.paragraph(sentence(maze))]
        if maze["trap"]:
            parts += [elements.paragraph(line) for line in trap_lines(maze)]
        parts.append(
            elements.table(f"{maze['id']}: agents; {_attainable(maze)}", COLUMNS, list(map(_row, maze["agents"])))
        )
        if planners := maze.get("planners"):
            rows = [_planner_row(each) for each in planners]
            parts.append(elements.table(f"{maze['id']}: planners", PLANNER_COLUMNS, rows))
            parts += [elements.paragraph(line, "note") for line in planner_lines([maze])]
        parts.append(elements.paragraph(LEGEND_BY_GOAL if maze["optimum"] is not None else LEGEND_BY_RETURN, "note"))
        curves = [
            self._chart(
                charts.learning_curves(maze, across),
                f"Return on training layouts against {across}: interquartile mean over learners, 95 % band.",
            )
            for across in ("steps", "seconds")
        ]
        curves.append(self._chart(charts.profiles(maze), "Performance profile: learners above each score, 95 % band."))
        parts.append(f'<div class="grid">{"".join(curves)}</div>')
        parts += self._maps(maze)
        parts.append(elements.heading(4, "An episode"))
        parts.append(_episode(played(self._folder, maze["id"], best["spec"])))
        return "".join(parts)

    def _maps(self, maze: dict[str, Any]) -> list[str]:
        counted = [agent for agent in maze["agents"] if visits.counts(agent) is not None]
        if not counted:
            return []
        picture = picture_of(maze["id"])
        maps = [self._chart(charts.heat_map(maze, agent, picture), agent["spec"]) for agent in counted]
        where = "over all layouts together, on the picture of one of them; cells without any are clear"
        return [
            elements.heading(4, "Where they went"),
            elements.paragraph(f"Visits per cell and learner in training, {where}.", "note"),
            f'<div class="maps">{"".join(maps)}</div>',
        ]

    def _bandits(self, results: dict[str, Any]) -> list[str]:
        console = elements.HtmlConsole()
        bandit_report.show(console, results)
        chart = self._chart(charts.regret_curves(results), "Mean over runs against pulls, 95 % band.")
        return [elements.paragraph(bandit_report.sentence(results)), chart, *console.elements]

    def _setup(self) -> list[str]:
        sessions = self._results.sessions
        if not sessions:
            return [elements.paragraph("These results were stored by a version that did not record its configuration.")]
        newest = sessions[-1]
        command = f"<pre><code>{escape(' '.join(newest['command']))}</code></pre>"
        lines = [elements.paragraph(line, "note") for line in setup.lines(sessions)[1:]]
        rows = [(name, version) for name, version in newest["versions"].items()]
        code = newest["git"] or {}
        rows += [("commit", code["commit"] + (" with changes" if code["changed"] else ""))] if code else []
        rows += [(name, str(known)) for name, known in newest["machine"].items()]
        experiment = json.dumps(newest["experiment"], indent=2, ensure_ascii=False)
        return [
            command,
            *lines,
            elements.table("Versions and machine", ("what", "value"), [("started", newest["started"]), *rows]),
            elements.more("The whole experiment, with every setting", f"<pre><code>{escape(experiment)}</code></pre>"),
        ]

    def _chart(self, specification: dict[str, Any] | None, caption: str) -> str:
        if specification is None:
            return ""
        self._charts += 1
        name = f"chart-{self._charts}"
        content = f'<div class="chart" data-chart="{name}"></div>{_data(specification, name)}'
        return elements.figure(content, caption)


def _episode(shown: Played | str) -> str:
    if isinstance(shown, str):
        return elements.paragraph(shown, "note")
    last = len(shown.pictures) - 1
    content = (
        f'<img src="{shown.pictures[0]}" alt="{escape(shown.words[0])}">'
        '<div class="controls"><button type="button">Play</button>'
        f'<input type="range" min="0" max="{last}" value="0" aria-label="step of the episode">'
        f"<output>{escape(shown.words[0])}</output></div>"
        f"{_data({'pictures': shown.pictures, 'words': shown.words})}"
    )
    return elements.figure(content, f"{shown.title}: {shown.ending}.", "episode")


def _data(value: Any, identity: str = "") -> str:
    """JSON for a script of the page; `<` is written so that no text in it can end the element."""
    text = json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json"{f" id={identity!r}" if identity else ""}>{text}</script>'


def _resource(name: str) -> str:
    return files("escapade.report.page").joinpath(name).read_text("utf-8")


def _attainable(maze: dict[str, Any]) -> str:
    if maze["optimum"] is not None:
        return f"the planner gets {maze['optimum']:.3f}"
    threshold = maze.get("threshold")
    return "the planner's return is unknown" if threshold is None else f"solved from a return of {threshold:g}"


def _row(agent: dict[str, Any]) -> list[str]:
    held_out, success, comparison = agent["held_out"], agent["success"], agent.get("improvement") or {}
    cost = agent.get("cost") or {}
    reached = [
        _number((cost.get(name) or {}).get(unit), ",.0f", "never" if name in cost else "unknown")
        for name in ("half", "most")
        for unit in ("steps", "seconds")
    ]
    significant = " *" if comparison.get("significant") else ""
    return [
        agent["spec"],
        _number(agent["return"]["iqm"], ".3f"),
        _interval(agent["return"]["ci"]),
        _number(held_out["return"], ".3f"),
        _interval(held_out["ci"]),
        "unknown" if success["solved"] is None else f"{success['solved']} of {agent['learners']}",
        _interval(success["ci"]),
        _number(comparison.get("probability"), ".2f") + significant,
        _interval(comparison.get("ci")),
        _number(comparison.get("p_value_holm"), ".2g"),
        *reached,
        _number(agent["median_first_reward"], ",.0f", "never"),
        _number(agent["seconds"], ",.0f"),
        _number(agent["steps_per_second"], ",.0f"),
    ]


def _planner_row(planner: dict[str, Any]) -> list[str]:
    return [
        planner["method"],
        _number(planner["return"], ".3f", "none"),
        _number(planner["simulated"], ",.0f"),
        _number(planner["seconds"], ".3f"),
    ]


def _number(value: float | None, form: str, absent: str = "–") -> str:
    return absent if value is None else f"{value:{form}}"


def _interval(ends: list[float] | None) -> str:
    return "–" if ends is None else f"[{ends[0]:.2f}, {ends[1]:.2f}]"
