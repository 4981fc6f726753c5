"""`escapade report`: the report of an experiment, from its store."""

from pathlib import Path
from typing import Annotated

import typer

from escapade import report as reports
from escapade import terminal


def report(
    folder: Annotated[Path, typer.Argument(help="The folder that `escapade run --out` or `mazes --out` wrote.")],
    plots: Annotated[Path | None, typer.Option(help="Draw visits and profiles of scores into this folder.")] = None,
    details: Annotated[bool, typer.Option("--details", help="Show everything: each curve, score, map, bound.")] = False,
    json: Annotated[str | None, typer.Option(help="Write the figures here; - is standard output.")] = None,
) -> None:
    """Show the report of results that were kept.

    Example: escapade report escapade-runs/quick
    """
    results = reports.results.kept_in(folder)
    output = terminal.output.Output(json)
    if plots is not None:
        terminal.output.make_folder(plots, "--plots")
    reports.results.show(output.console, results, details=details)
    if plots is not None:
        drawn = [
            *reports.mazes.visits.plots(results.mazes, plots),
            *reports.mazes.profiles.plots(results.mazes, plots),
        ]
        for path in drawn:
            output.console.print(f"drawn: {path}")
        if not drawn:
            output.console.print("nothing to draw: these results have neither visits nor scores.")
    output.figures(results.as_dict)
