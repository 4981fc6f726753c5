"""`escapade report`: the report of a finished experiment, from its store."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from escapade import report as reports
from escapade import runs, terminal
from explore.errors import BadInput

# What rich fills in: styles, colours and the text.
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<title>Escapade</title>
<style>
{stylesheet}
body {{ color: {foreground}; background-color: {background}; }}
pre {{ font-family: Menlo, "DejaVu Sans Mono", Consolas, monospace; line-height: 1.2; }}
code {{ font-family: inherit; }}
</style>
</head>
<body>
<pre><code>{code}</code></pre>
</body>
</html>
"""


def report(
    folder: Annotated[Path, typer.Argument(help="The folder that `escapade run --out` or `mazes --out` wrote.")],
    html: Annotated[Path | None, typer.Option(help="Write the report as a web page here too.")] = None,
    plots: Annotated[Path | None, typer.Option(help="Draw visits and profiles of scores into this folder.")] = None,
    details: Annotated[bool, typer.Option("--details", help="Show the curves, scores and maps of every maze.")] = False,
    json: Annotated[str | None, typer.Option(help="Write the figures here; - is standard output.")] = None,
) -> None:
    """Show the report of results that were kept.

    Example: escapade report escapade-runs/quick --html report.html
    """
    store = runs.store.open_existing(folder)
    kept = {part: figures for part in ("bandits", "mazes") if (figures := store.recall(part)) is not None}
    sessions = store.sessions()
    store.close()
    if not kept:
        raise BadInput(f"'{folder}' holds no finished experiment: run the same command again to finish it.")
    output = terminal.output.Output(json)
    if plots is not None:
        terminal.output.make_folder(plots, "--plots")
    consoles = [output.console]
    if html is not None:
        try:
            page = html.open("w", encoding="utf-8")
        except OSError as error:
            raise BadInput(f"--html '{html}' cannot be written: {error.strerror}.") from None
        with page:
            recorder = Console(record=True, file=page, width=110, highlight=False, markup=False)
            consoles.append(recorder)
            _show(consoles, kept, sessions, details)
            page.seek(0)
            page.truncate()
            page.write(recorder.export_html(code_format=PAGE))
    else:
        _show(consoles, kept, sessions, details)
    if plots is not None:
        figures = kept.get("mazes", [])
        drawn = [*reports.mazes.visits.plots(figures, plots), *reports.mazes.profiles.plots(figures, plots)]
        for path in drawn:
            output.console.print(f"drawn: {path}")
        if not drawn:
            output.console.print("nothing to draw: these results have neither visits nor scores.")
    output.figures(lambda: {**kept, "sessions": sessions})


def _show(consoles: list[Console], kept: dict[str, Any], sessions: list[dict[str, Any]], details: bool) -> None:
    for console in consoles:
        if "bandits" in kept:
            reports.bandits.report.show(console, kept["bandits"])
        reports.mazes.report.show(console, kept.get("mazes", []), details=details or console.record)
        reports.setup.show(console, sessions)
