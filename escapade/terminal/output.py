"""Where a command writes: the report to a console, its figures as JSON to a file or to standard output."""

import json
import math
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from explore.errors import BadInput


class Output:
    """`json_to` is a path, `-` for standard output (the report then goes to standard error), or None.

    BadInput where the path cannot be written; checked at once, before any work, and nothing is left behind.
    """

    def __init__(self, json_to: str | None) -> None:
        self._json_to = json_to
        self.console = Console(file=sys.stderr if json_to == "-" else sys.stdout, highlight=False, markup=False)
        self.errors = Console(file=sys.stderr, highlight=False, markup=False)
        if json_to not in (None, "-"):
            check_file(Path(str(json_to)), "--json")

    def figures(self, figures: Callable[[], Any]) -> None:
        """Write the figures, where they were asked for; NaN becomes null, as JSON has no NaN.

        BadInput where the file cannot be written any more.
        """
        if self._json_to is None:
            return
        text = json.dumps(_plain(figures()), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        if self._json_to == "-":
            sys.stdout.write(text)
            return
        try:
            Path(self._json_to).write_text(text, encoding="utf-8")
        except OSError as error:  # the disk became full since the path was checked
            raise BadInput(f"--json '{self._json_to}' cannot be written: {error.strerror}; make room for it.") from None


def end_with(errors: Console, problems: Sequence[str], notes: Sequence[str] = ()) -> None:
    """Print notes and problems, a sentence each, and end the command with exit status 1 where there are problems."""
    for sentence in (*notes, *problems):
        errors.print(f"escapade: {sentence}", soft_wrap=True)
    if problems:
        raise typer.Exit(1)


def check_file(path: Path, option: str) -> None:
    """Refuse, with BadInput, a file that `option` names and that cannot be written; nothing is left behind."""
    existed = path.exists()
    try:
        with path.open("a"):
            pass
    except OSError as error:
        raise BadInput(
            f"{option} '{path}' cannot be written: {error.strerror}; name a file in a folder that exists."
        ) from None
    if not existed:
        path.unlink()


def make_folder(folder: Path, option: str) -> None:
    """Make the `folder` that `option` names, where it is absent; BadInput where nothing can be written to it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise BadInput(f"{option} '{folder}' cannot be written: {error.strerror}; name a folder of your own.") from None


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    return None if isinstance(value, float) and not math.isfinite(value) else value
