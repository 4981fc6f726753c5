"""Experiment files: a TOML file states a bandit experiment, a maze experiment or both; the built-in ones lie here.

Everything is checked before anything runs. An error names the file, the line, the table, the value and what would be
right; an unknown key comes with the nearest known one.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import pydantic
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from agents.dqn.agent_spec import parse_agent
from agents.dqn.settings import DQNSettings
from agents.planners import METHODS
from bandits.simulator.simulation import checked
from escapade.runs.plan import environment_settings
from explore.core.spec import requirement
from explore.errors import BadInput, unknown
from explore.numerics.seeding import LARGEST_SEED

BUILT_IN = ("quick", "default", "full")


def spec_of(value: Any) -> str:
    """A spec string, from one or from a table such as `{name = "ucb", c = 2}`."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise ValueError('it must be a spec such as "ucb:c=2", or a table such as {name = "ucb", c = 2}')
    settings = ",".join(f"{key}={_written(part)}" for key, part in value.items() if key != "name")
    return f"{value['name']}:{settings}" if settings else value["name"]


def _maze(value: Any) -> str:
    spec = spec_of(value)
    environment_settings(spec)
    return spec


def _agent(value: Any) -> str:
    """An agent's spec, from a string or a table of its parts, each a spec: strategy, bonus, network."""
    if isinstance(value, dict) and "name" not in value:
        for key in value:
            if key not in ("strategy", "bonus", "network"):
                raise unknown("part of an agent", key, ["strategy", "bonus", "network"])
        parts = [spec_of(value[key]) for key in ("strategy", "network", "bonus") if key in value]  # a mix comes last
        spec = "+".join(parts)
    else:
        spec = spec_of(value)
    parse_agent(spec)
    return spec


def _planner(value: Any) -> Any:
    if isinstance(value, str) and value not in METHODS:
        raise unknown("planner", value, METHODS)
    return value


class _Table(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")


class BanditExperiment(_Table):
    """The table [bandits]."""

    testbed: Annotated[str, BeforeValidator(spec_of)] = Field("sutton-barto", description="the arms to pull")
    policies: list[Annotated[str, BeforeValidator(spec_of)]] = Field(
        min_length=1, description="the policies to compare"
    )
    runs: int = Field(2000, ge=1, description="independent runs per policy")
    horizon: int = Field(1000, ge=1, description="pulls per run")

    @pydantic.model_validator(mode="after")
    def _can_be_simulated(self) -> "BanditExperiment":
        for policy in self.policies:
            try:
                checked(self.testbed, [policy], runs=self.runs, horizon=self.horizon)
            except BadInput as error:
                raise PydanticCustomError("policy", "{why}", {"why": str(error), "item": policy}) from None
        return self


class MazeExperiment(_Table):
    """The table [mazes]."""

    mazes: list[Annotated[str, BeforeValidator(_maze)]] = Field(min_length=1, description="the mazes to train in")
    agents: list[Annotated[str, BeforeValidator(_agent)]] = Field(
        min_length=1, description="the agents to compare; the first is the baseline"
    )
    planners: list[Annotated[str, BeforeValidator(_planner)]] = Field(
        default_factory=list, description="methods that know the maze, with as many simulated steps per layout"
    )
    initial: str = Field("", description="folder of results whose networks the learners begin with; empty: new ones")
    learners: int = Field(10, ge=1, description="learners (seeds) per agent")
    steps: int = Field(150_000, ge=1, description="environment steps per learner")
    device: str = Field(
        "cpu", pattern=r"^(cpu|cuda(:\d+)?)$", description="where the networks are trained: cpu or cuda"
    )
    backend: Literal["loky", "ray", "dask"] = Field(
        "loky", description="where the blocks run: loky, processes of this machine; ray or dask, a cluster"
    )


class Experiment(_Table):
    """One experiment: name, seed and the tables [bandits], [mazes] and [dqn]."""

    name: str = Field(pattern=r"^[A-Za-z0-9._-]+$", description="name of the folder of the results")
    seed: int = Field(1, ge=0, le=LARGEST_SEED, strict=True, description="seed of every random stream")
    bandits: BanditExperiment | None = None
    mazes: MazeExperiment | None = None
    dqn: DQNSettings = Field(default_factory=DQNSettings, description="the DQN's settings")

    @pydantic.model_validator(mode="after")
    def _has_an_experiment(self) -> "Experiment":
        if self.bandits is None and self.mazes is None:
            raise PydanticCustomError("empty", "the file has neither a table [bandits] nor a table [mazes]")
        return self


def built_in(name: str) -> Experiment:
    """The built-in experiment of this name."""
    return read(text_of(name), f"{name}.toml")


def text_of(name: str) -> str:
    """The file of a built-in experiment, or of the example."""
    return files("escapade").joinpath("experiments", f"{name}.toml").read_text("utf-8")


def load(path: Path) -> Experiment:
    """The experiment in a file; BadInput names the file and the line."""
    try:
        return read(path.read_text("utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error  # without the path again
        raise BadInput(f"the experiment '{path}' cannot be read: {why}.") from None


def read(text: str, source: str) -> Experiment:
    """The experiment in a TOML text; BadInput names `source`, line, table, value and what would be right."""
    try:
        return Experiment(**tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{source} is not TOML: {error}.") from None
    except pydantic.ValidationError as error:
        # A misspelt key is unknown and its right name missing: the former says more.
        first = min(error.errors(), key=lambda each: each["type"] == "missing")
        where = list(first["loc"]) or ["file"]
        table, name = [str(part) for part in where[:-1]], str(where[-1])
        if first["type"] == "extra_forbidden":
            place = f"{source}, line {_line(text, where)}"
            raise BadInput(f"{place}: {unknown('setting', name, _known(table), _owner(table))}") from None
        if first["type"] == "missing":
            place = f"{source}, line {_line(text, where)}"
            raise BadInput(f"{place}: {_owner(table) or 'the file'} lacks '{name}'.") from None
        if first["type"] == "empty":
            raise BadInput(f"{source}: {first['msg']}.") from None
        if first["type"] == "policy":
            place = f"{source}, line {_line(text, [*where, 'policies'], first['ctx']['item'])}"
            raise BadInput(f"{place}, {_owner([*table, name])}: {first['ctx']['why']}") from None
        if isinstance(where[-1], int):  # an item of an array
            table, name = table[:-1], f"{where[-2]}, item {where[-1] + 1},"
        place = f"{source}, line {_line(text, where, first['input'])}"
        inside = f" of {_owner(table)}" if table else ""
        named = f"{name}{inside} is {_toml(first['input'])}"
        why = requirement(first)
        raise BadInput(f"{place}: {named}: {why}{'' if why.endswith('?') else '.'}") from None


def _owner(table: Sequence[str]) -> str:
    return f"the table [{'.'.join(table)}]" if table else ""


def _known(table: Sequence[str]) -> list[str]:
    model: Any = Experiment
    for part in table:
        annotation = model.model_fields[part].annotation
        model = next((each for each in get_args(annotation) if each is not type(None)), annotation)
    return list(model.model_fields)


def _line(text: str, where: Sequence[str | int], value: Any = None) -> int:
    """The line of the setting `where`, or of an array's item `value`; of the nearest table where it is missing."""
    longest, line = 0, 1
    for number, path in _paths(text):
        if len(path) > longest and path == list(where[: len(path)]):
            longest, line = len(path), number
    if isinstance(value, str):
        for number, written in enumerate(text.splitlines()[line - 1 :], line):
            if f'"{value}"' in written or f"'{value}'" in written:
                return number
    return line


def _paths(text: str) -> Iterator[tuple[int, list[str | int]]]:
    """Every line that opens a table or sets a key, with its path in the document."""
    table: list[str | int] = []
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*(\[\[?)\s*([^\]]+?)\s*\]", line):
            table = [*_keys(header[2])]
            if header[1] == "[[":
                counts[header[2]] = counts.get(header[2], -1) + 1
                table.append(counts[header[2]])
            yield number, table
        elif key := re.match(r"\s*([A-Za-z0-9_.\"'-]+)\s*=", line):
            yield number, [*table, *_keys(key[1])]


def _keys(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]


def _toml(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return _written(value)


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
