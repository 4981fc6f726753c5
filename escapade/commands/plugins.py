"""`escapade plugins`: what is installed, from which distribution, with its settings."""

from typing import Annotated

import typer

from escapade import report, terminal


def plugins(
    json: Annotated[str | None, typer.Option(help="Write the list here; - is standard output.")] = None,
) -> None:
    """List the installed plugins with their settings.

    Kind, distribution, version, settings with defaults; for a broken plugin what is wrong with it.

    Example: escapade plugins --json -
    """
    report.plugins.show(terminal.output.Output(json))
