"""The command line: one module per command in `escapade.commands`, imported when that command is called.

Bad input ends with one sentence and exit status 2. The command runs in a thread of its own, so that Ctrl-C ends it
at once even while compiled code is running: what is in the store is committed, unfinished work is dropped.
"""

import contextlib
import importlib
import os
import signal
import sys
import threading
from typing import Any

import typer
from typer.core import TyperGroup

from escapade.import_name import check_agents
from escapade.runs.workers import end_workers
from escapade.terminal import interrupt
from explore.errors import BadInput, unknown

# Every command with its line in `escapade --help`, the first sentence of its docstring; the module
# `escapade.commands.NAME` holds the function NAME. Help alone imports none of them.
COMMANDS = {
    "run": "Run the bandit and the maze experiment of a file, and show the report.",
    "bandits": "Simulate bandit policies and compare them with published values.",
    "mazes": "Train agents in mazes and compare them.",
    "check": "Check the contract of a plugin and measure its traits.",
    "plugins": "List the installed plugins with their settings.",
    "init": "Write a commented experiment file to start from.",
    "report": "Show the report of stored results.",
    "export": "Write the results of learners as a table, a row per evaluation.",
    "watch": "Show an agent in a maze, step by step.",
}


class LazyCommands(TyperGroup):
    """The group of all commands; a command's module is imported when the command or its help is requested."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name; BadInput where there is none."""
        if cmd_name not in COMMANDS:
            raise unknown("command", cmd_name, COMMANDS)
        function = getattr(importlib.import_module(f"escapade.commands.{cmd_name}"), cmd_name)
        single = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        single.command(cmd_name)(function)
        return typer.main.get_command(single)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of commands in the help, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


app = typer.Typer(
    cls=LazyCommands,
    callback=lambda: None,  # makes it a group though no command is registered yet
    help="Exploration plugins for reinforcement learning, tested in bandits and mazes.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def invoke(arguments: list[str] | None = None) -> int:
    """Run one command line and return its exit status; bad input is one sentence on standard error."""
    try:
        check_agents()
        status = app(arguments, standalone_mode=False)
    except BadInput as error:
        sys.stderr.write(f"escapade: {error}\n")
        return 2
    except BrokenPipeError:  # the reader of a pipe has closed it
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except Exception as error:
        # Typer brings its own copy of Click or depends on the package, by version: known by what they can do.
        if not hasattr(error, "format_message"):
            raise
        if type(error).__name__ == "NoArgsIsHelpError":
            sys.stdout.write(f"{error.format_message()}\n")
            return 0
        sys.stderr.write(f"escapade: {error.format_message()}\n")
        return int(getattr(error, "exit_code", 2))
    return status if isinstance(status, int) else 0


def main() -> None:
    """The console script; the module of a maze may lie in the current folder (what is installed comes first)."""
    sys.path.append(os.getcwd())
    statuses: list[int] = []
    worker = threading.Thread(target=lambda: statuses.append(invoke()), daemon=True)
    interrupt.end_tidily_on(*(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)))
    worker.start()
    try:
        while worker.is_alive():
            worker.join(0.2)
    except KeyboardInterrupt:
        interrupt.tidy()
        show_cursor = "\n\x1b[?25h" if sys.stderr.isatty() else ""
        with contextlib.suppress(OSError):
            sys.stderr.write(f"{show_cursor}escapade: stopped; {interrupt.note()}\n")
            sys.stderr.flush()
        end_workers()
        os._exit(130)
    sys.stdout.flush()
    sys.exit(statuses[0] if statuses else 1)
