"""The command line: one module per command in `escapade.commands`, assembled here.

Bad input ends with one sentence and exit status 2. The command runs in a thread of its own, so that Ctrl-C is answered
at once even while compiled code is running: what is in the store is committed, the rest is given up.
"""

import contextlib
import importlib
import os
import signal
import sys
import threading

import typer

from escapade.terminal import interrupt
from explore.errors import BadInput

app = typer.Typer(
    help="Exploration plugins for reinforcement learning, on trial in bandits and mazes.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

# name of the command: module and function; a module is imported before its help is shown, heavy ones import inside.
COMMANDS = {
    "run": "escapade.commands.run:run",
    "bandits": "escapade.commands.bandits:bandits",
    "mazes": "escapade.commands.mazes:mazes",
    "check": "escapade.commands.check:check",
    "plugins": "escapade.commands.plugins:plugins",
    "report": "escapade.commands.report:report",
    "watch": "escapade.commands.watch:watch",
}

for _name, _target in COMMANDS.items():
    _module, _, _function = _target.partition(":")
    app.command(_name)(getattr(importlib.import_module(_module), _function))


def invoke(arguments: list[str] | None = None) -> int:
    """Run one command line and return its exit status; bad input is one sentence on standard error."""
    try:
        status = app(arguments, standalone_mode=False)
    except BadInput as error:
        sys.stderr.write(f"escapade: {error}\n")
        return 2
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except Exception as error:
        # Typer brings its own copy of Click or depends on the package, by version: known by what they can do.
        if not hasattr(error, "format_message"):
            raise
        sys.stderr.write(f"escapade: {error.format_message()}\n")
        return int(getattr(error, "exit_code", 2))
    return status if isinstance(status, int) else 0


def main() -> None:
    """The console script."""
    outcome: list[int] = []
    worker = threading.Thread(target=lambda: outcome.append(invoke()), daemon=True)
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
        interrupt.end_workers()
        os._exit(130)
    sys.stdout.flush()
    sys.exit(outcome[0] if outcome else 1)
