"""Keys from a terminal, one at a time and without Enter; what the terminal was before, it is again afterwards.

`tty.setcbreak` of the standard library, so that Ctrl-C stays Ctrl-C. The terminal is given back when the block is left,
and through `interrupt.tidied` where the process ends without leaving it. Where standard input is no terminal, belongs
to another job, or the system has no termios, there are no keys and `watched` says so.
"""

import contextlib
import os
import select
import sys
import time
from typing import Any, TextIO

from escapade.terminal import interrupt

try:
    import termios
    import tty
except ImportError:  # Windows has neither
    termios = None  # type: ignore[assignment]

ARROW_RIGHT = "\x1b[C"


class Keys:
    """A context manager; `pressed` gives the keys in the order in which they were pressed."""

    def __init__(self, source: TextIO | None = None) -> None:
        self._source = sys.stdin if source is None else source
        self._kept: list[Any] | None = None
        self._waiting: list[str] = []
        self._ended = False
        self._early = contextlib.ExitStack()

    @property
    def watched(self) -> bool:
        """Whether there is anyone to press a key."""
        return self._kept is not None and not self._ended

    def __enter__(self) -> "Keys":
        with contextlib.suppress(OSError, ValueError):
            place = self._source.fileno()
            if termios is not None and self._source.isatty() and not _in_background(place):
                try:
                    self._kept = termios.tcgetattr(place)
                    tty.setcbreak(place)
                except termios.error:
                    self.restore()
        self._early.enter_context(interrupt.tidied(self.restore))
        return self

    def __exit__(self, *_: object) -> None:
        self.restore()
        self._early.close()

    def restore(self) -> None:
        """Give the terminal back as it was; more than once does no harm."""
        if self._kept is not None:
            kept, self._kept = self._kept, None
            with contextlib.suppress(OSError, ValueError, termios.error):
                termios.tcsetattr(self._source.fileno(), termios.TCSADRAIN, kept)

    def pressed(self, seconds: float | None) -> str | None:
        """The next key, waiting at most so long (None: until there is one); None where none was pressed."""
        if not self._waiting and self.watched:
            place = self._source.fileno()
            if select.select([place], [], [], seconds)[0]:
                typed = ""
                with contextlib.suppress(OSError):
                    typed = os.read(place, 64).decode(errors="replace")
                self._ended = not typed  # the terminal was closed
                self._waiting = _split(typed)
        elif not self._waiting and seconds:
            time.sleep(seconds)
        return self._waiting.pop(0) if self._waiting else None


def _in_background(place: int) -> bool:
    """Whether this is a job in the background of the terminal, which would be stopped for touching it."""
    try:
        return os.tcgetpgrp(place) != os.getpgrp()
    except OSError:  # it is not the terminal that controls this process, and stops nobody
        return False


def _split(typed: str) -> list[str]:
    """What was typed as keys; an escape sequence such as an arrow's is one key."""
    keys: list[str] = []
    at = 0
    while at < len(typed):
        end = at + 1
        if typed.startswith("\x1b[", at):
            end = at + 2
            while end < len(typed) and not typed[end].isalpha() and typed[end] != "~":
                end += 1
            end += 1
        keys.append(typed[at:end])
        at = end
    return keys
