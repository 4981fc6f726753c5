"""Every code block of the README and of docs/*.md: Python runs, shell commands are parsed by what they call.

Python blocks of a page run in order and share their names, as a reader would type them. A block is fenced with its
language, or indented and a shell command; `text` is not checked.
"""

import importlib.util
import shlex
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import gymnasium as gym
import pytest
import typer
from markdown_it import MarkdownIt

from agents.dqn.agent_spec import parse_agent
from agents.mazes import is_maze, parse_maze
from bandits.policy import POLICIES
from bandits.testbed import TESTBEDS
from escapade.cli import COMMANDS, app, invoke
from escapade.experiments import load
from explore import BONUSES, STRATEGIES, BadInput

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
QUICK = (["plugins"], ["bandits", "--list"], ["mazes", "--list"], ["init", "experiment.toml"])
SHELL = ("shell", "inline")
READERS_OWN = "my_package"  # a package that the reader has and the tests do not


@dataclass(frozen=True)
class Block:
    """A piece of code of a page, with the line it begins in."""

    page: Path
    line: int
    language: str
    text: str


@cache
def blocks() -> list[Block]:
    return [block for page in PAGES for block in blocks_of(page, page.read_text("utf-8"))]


def blocks_of(page: Path, text: str) -> Iterator[Block]:
    for token in MarkdownIt("commonmark").parse(text):
        line = token.map[0] + 1 if token.map else 0
        if token.type == "fence":
            yield Block(page, line, token.info.strip(), token.content)
        elif token.type == "code_block":
            yield Block(page, line, "shell", token.content)
        elif token.type == "inline":
            for child in token.children or ():
                if child.type == "code_inline" and child.content.startswith("escapade "):
                    yield Block(page, line, "inline", child.content)


def name(value: Any) -> str:
    return f"{value.page.name}:{value.line}" if isinstance(value, Block) else str(value)


def commands(text: str) -> Iterator[list[str]]:
    """The words of every command of a shell block; of a session with `$`, of its commands alone."""
    lines = text.replace("\\\n", " ").splitlines()
    session = any(line.startswith("$ ") for line in lines)
    for line in lines:
        if session and not line.startswith("$ "):
            continue
        words = shlex.split(line.removeprefix("$ "), comments=True)
        while words:
            command = list(takewhile(lambda word: word not in ("&&", ";", "|"), words))
            words = words[len(command) + 1 :]
            yield command


def check_commands(text: str) -> None:
    for words in commands(text):
        check_command(words)


def check_command(words: list[str]) -> None:
    """BadInput, or another error, where a command would not be understood."""
    program = words[0].rpartition("/")[2]
    if program not in CHECKS:
        raise BadInput(f"no check of the command '{shlex.join(words)}'")
    CHECKS[program](words[1:])


def check_escapade(arguments: list[str]) -> None:
    if not arguments or arguments == ["--help"]:
        return
    if arguments[0] not in COMMANDS:
        raise BadInput(f"no command '{arguments[0]}'")
    group: Any = typer.main.get_command(app)
    command = group.get_command(None, arguments[0])
    if "--help" in arguments:
        return
    values = command.make_context(arguments[0], arguments[1:]).params
    for policy in values.get("policies") or values.get("policy") or ():
        registry = next(each for each in (POLICIES, BONUSES, STRATEGIES) if policy.partition(":")[0] in each.names())
        registry.resolve(policy)
    for agent in values.get("agents") or values.get("agent") or ():
        if isinstance(values.get("agent"), str) and agent:
            break  # of `watch`, which takes more than agents
        parse_agent(agent)
    for maze in values.get("mazes") or values.get("maze") or ():
        if isinstance(values.get("maze"), str) or maze.startswith(READERS_OWN) or maze.isupper():
            continue
        if is_maze(maze):
            parse_maze(maze)
        else:
            gym.spec(maze)
    if "testbed" in values:
        TESTBEDS.resolve(values["testbed"])


def check_python(arguments: list[str]) -> None:
    if arguments[0] != "-m":
        assert (ROOT / arguments[0]).exists(), f"there is no {arguments[0]}"
        return
    assert importlib.util.find_spec(arguments[1]) is not None, f"there is no module {arguments[1]}"
    if arguments[1] == "benchmarks" and arguments[2:] and not arguments[2].isupper():
        assert importlib.util.find_spec(f"benchmarks.{arguments[2]}") is not None, f"no benchmark {arguments[2]}"


def check_pip(arguments: list[str]) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    for word in arguments:
        if word.startswith("escapade["):
            named = word.removeprefix("escapade[").removesuffix("]").split(",")
            assert set(named) <= set(extras), f"there is no extra in {word}"
        elif word.endswith(".txt") or "/" in word:
            assert (ROOT / word).exists(), f"there is no {word}"


def check_tox(arguments: list[str]) -> None:
    sections = [line.strip("[]\n") for line in (ROOT / "tox.ini").read_text("utf-8").splitlines() if line[:1] == "["]
    if "-e" in arguments:
        for each in arguments[arguments.index("-e") + 1].split(","):
            assert f"testenv:{each}" in sections or each in ("py", "py311", "py312", "py313"), f"no environment {each}"


def not_ours(arguments: list[str]) -> None:
    """A command of another program whose arguments are not looked at."""


CHECKS: dict[str, Callable[[list[str]], None]] = {
    "escapade": check_escapade,
    "python": check_python,
    "python3": check_python,
    "pip": check_pip,
    "tox": check_tox,
    ".": not_ours,
    "pre-commit": not_ours,
}


def test_every_block_says_its_language() -> None:
    known = ("python", "toml", "text", *SHELL)
    unknown = [name(block) for block in blocks() if block.language not in known and not block.language.startswith("{")]
    assert not unknown


def _runs(block: Block) -> bool:
    """Whether the packages that a block needs are installed; `tox -e integrations` has them all."""
    return "stable_baselines3" not in block.text or importlib.util.find_spec("stable_baselines3") is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_blocks_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(BONUSES, "_added", {**BONUSES._added})
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks():
        if block.page == page and block.language == "python" and _runs(block):
            exec(compile("\n" * block.line + block.text, str(page), "exec"), names)


@pytest.mark.parametrize("block", [block for block in blocks() if block.language in SHELL], ids=name)
def test_shell_commands_are_understood(block: Block) -> None:
    for words in commands(block.text):
        if block.language == "inline" and len(words) == 2:
            assert words[1] in COMMANDS  # the name of a command
        else:
            check_command(words)


@pytest.mark.parametrize("block", [block for block in blocks() if block.language == "toml"], ids=name)
def test_toml_blocks_are_right(block: Block, tmp_path: Path) -> None:
    table = tomllib.loads(block.text)
    if "mazes" in table or "bandits" in table:
        file = tmp_path / "experiment.toml"
        file.write_text(block.text, "utf-8")
        load(file)


@pytest.mark.parametrize("arguments", QUICK, ids=" ".join)
def test_quick_commands_run(arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert arguments in [words[1:] for block in blocks() if block.language in SHELL for words in commands(block.text)]
    assert invoke(arguments) == 0


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("escapade mazes --agnet count", "agnet"),
        ("escapade bandits --policy ucb:d=2", "'d'"),
        ("escapade fly", "fly"),
        ("escapade mazes --maze MiniGrid-DoorKey-8x8-v0:sizes=8", "sizes"),
        ("python -m benchmarks nothing", "nothing"),
        ("tox -e nothing", "nothing"),
        ("pip install 'escapade[nothing]'", "nothing"),
        ("pip install -c missing.txt .", "missing.txt"),
        ("conda install escapade", "conda"),
        ("escapade plugins && escapade fly", "fly"),
        ("$ escapade fly\nits output", "fly"),
    ],
)
def test_a_wrong_command_is_found(text: str, problem: str) -> None:
    with pytest.raises(Exception, match=problem):
        check_commands(text)


def test_a_session_shows_output_that_is_no_command() -> None:
    assert list(commands("$ escapade plugins\n policy  return\n…")) == [["escapade", "plugins"]]
