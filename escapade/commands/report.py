"""`escapade report`: the report of an experiment, from its store, or of several side by side."""

from pathlib import Path
from typing import Annotated

import typer

from escapade import report as reports
from escapade import terminal
from explore.errors import BadInput


def report(
    folders: Annotated[list[Path], typer.Argument(help="Folder that `--out` named; several are compared.")],
    html: Annotated[Path | None, typer.Option(help="Write the report as a web page here.")] = None,
    plots: Annotated[Path | None, typer.Option(help="Draw curves, visits and profiles into this folder.")] = None,
    details: Annotated[bool, typer.Option("--details", help="Show every curve, score, map and bound too.")] = False,
    json: Annotated[str | None, typer.Option(help="Write the results as JSON here; - is standard output.")] = None,
) -> None:
    """Show the report of stored results.

    Example: escapade report escapade-runs/quick --html report.html
    """
    if len(folders) > 1 and (html is not None or details):
        raise BadInput("--html and --details show one folder: name a single one, or leave the option out.")
    everyone = [reports.results.kept_in(folder) for folder in folders]
    results = everyone[0]
    output = terminal.output.Output(json)
    if html is not None:
        terminal.output.check_file(html, "--html")
        with terminal.extras.needed("--html", "page"):
            page = reports.page.page.Page(results, folders[0])
    if plots is not None:
        terminal.output.make_folder(plots, "--plots")
    if len(everyone) > 1:
        reports.side_by_side.show(output.console, everyone)
    else:
        reports.results.show(output.console, results, details=details)
    if html is not None:
        html.write_text(page.text(), encoding="utf-8")
        output.console.print(f"written: {html}")
    if plots is not None:
        for place, each in enumerate(everyone, 1):
            own = plots if len(everyone) == 1 else plots / f"{place}-{each.name}"
            for path in reports.mazes.plots.plots(each.mazes, own):
                output.console.print(f"drawn: {path}")
        if not any(each.mazes for each in everyone):
            output.console.print("nothing to draw: these results have no mazes.")
    if len(everyone) == 1:
        output.figures(results.as_dict)
    else:
        shown = [{"folder": str(path), **each.as_dict()} for path, each in zip(folders, everyone, strict=True)]
        output.figures(lambda: {"folders": shown, "comparisons": reports.side_by_side.comparisons(everyone)})
