"""Experiment files: a TOML file states both acts; the built-in ones lie beside this module."""

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pydantic
from pydantic import Field

from explore.errors import BadInput, unknown

BUILT_IN = ("quick", "default", "full")


class _Part(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")


class BanditAct(_Part):
    """Act 1."""

    testbed: str = "sutton-barto"
    policies: list[str] = Field(min_length=1)
    runs: int = Field(2000, ge=1)
    horizon: int = Field(1000, ge=1)


class MazeAct(_Part):
    """Act 2; the first agent is the baseline."""

    mazes: list[str] = Field(min_length=1)
    agents: list[str] = Field(min_length=1)
    learners: int = Field(10, ge=1)
    steps: int = Field(150_000, ge=1)
    device: str = "cpu"


class Experiment(_Part):
    """One experiment."""

    name: str = Field(pattern=r"^[A-Za-z0-9._-]+$")
    seed: int = Field(1, ge=0)
    bandits: BanditAct
    mazes: MazeAct


def built_in(name: str) -> Experiment:
    """The built-in experiment of this name."""
    return read(files("escapade").joinpath("experiments", f"{name}.toml").read_text("utf-8"), f"{name}.toml")


def load(path: Path) -> Experiment:
    """The experiment in a file; BadInput names the file and the line."""
    try:
        return read(path.read_text("utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error  # without the path again
        raise BadInput(f"the experiment '{path}' cannot be read: {why}.") from None


def read(text: str, source: str) -> Experiment:
    """The experiment in a TOML text; BadInput names `source` and the line."""
    try:
        return Experiment(**tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{source} is not TOML: {error}.") from None
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        where = [str(part) for part in first["loc"] if isinstance(part, str)]
        place = f"{source}, line {_line(text, where)}: "
        if first["type"] == "extra_forbidden":
            raise BadInput(place + str(unknown("setting", where[-1], _known(where[:-1])))) from None
        given = "" if first["type"] == "missing" else f" is {first['input']!r}"
        raise BadInput(f"{place}'{'.'.join(where)}'{given}: {first['msg'][0].lower()}{first['msg'][1:]}.") from None


def _known(where: list[str]) -> list[str]:
    model: Any = Experiment
    for part in where:
        model = model.model_fields[part].annotation
    return list(model.model_fields)


def _line(text: str, where: list[str]) -> int:
    """The line of the setting `where`; of its table, or the first, where the setting is missing."""
    *table, name = where
    found, inside = 1, not table
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[([^\]]+)\]", line):
            inside = header[1].strip() == ".".join(table)
            if inside or header[1].strip() == ".".join(where):
                found = number
        elif inside and re.match(rf"\s*{re.escape(name)}\s*=", line):
            return number
    return found
