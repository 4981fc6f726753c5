"""`escapade init`: a commented experiment file to start from."""

from pathlib import Path
from typing import Annotated

import typer

from escapade import experiments
from explore.errors import BadInput


def init(
    file: Annotated[Path, typer.Argument(help="The file to write.")] = Path("experiment.toml"),
) -> None:
    """Write a commented experiment file to start from.

    Example: escapade init experiment.toml
    """
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(experiments.commented_example())
    except FileExistsError:
        raise BadInput(f"'{file}' exists already: name another file.") from None
    except OSError as error:
        raise BadInput(f"'{file}' cannot be written: {error.strerror}; name a file in a folder that exists.") from None
    typer.echo(f"written: {file}; run it with: escapade run {file}")
