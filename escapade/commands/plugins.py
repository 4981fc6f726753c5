"""`escapade plugins`: what is installed, from which distribution, with its settings."""

from typing import Annotated

import typer

from escapade import report, terminal


def plugins(
    json: Annotated[str | None, typer.Option(help="Write the list as JSON here; - is standard output.")] = None,
) -> None:
    """List the installed plugins with their settings.

    For each: kind, distribution, version, settings with defaults; for one that does not load, the error.

    Example: escapade plugins --json -
    """
    report.plugins.show(terminal.output.Output(json))
