"""`escapade init`: a commented experiment file to start from."""

from pathlib import Path
from typing import Annotated

import typer

from agents.dqn.settings import DQNSettings
from escapade.experiment import EXAMPLE, text_of
from explore.errors import BadInput


def init(
    file: Annotated[Path, typer.Argument(help="The file to write.")] = Path("experiment.toml"),
) -> None:
    """Write a commented experiment file to start from.

    Example: escapade init experiment.toml
    """
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(commented())
    except FileExistsError:
        raise BadInput(f"'{file}' exists already: name another file.") from None
    except OSError as error:
        raise BadInput(f"'{file}' cannot be written: {error.strerror}; name a file in a folder that exists.") from None
    typer.echo(f"written: {file}; run it with: escapade run {file}")


def commented() -> str:
    """The example, followed by every setting of the DQN with its default and its meaning."""
    defaults = DQNSettings().resolved()
    lines = [
        f"# {name} = {_toml(defaults[name])}  # {field.description}" for name, field in DQNSettings.model_fields.items()
    ]
    return text_of(EXAMPLE) + "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
