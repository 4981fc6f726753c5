"""What has been finished so far, for the line that Ctrl-C prints, and what to restore where a command ends early."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator

_finished: list[str] = []
_tidying: list[Callable[[], object]] = []


def finished(what: str) -> None:
    """Note that `what` is done (a policy's simulation, a block of learners)."""
    _finished.append(what)


def note() -> str:
    """What was finished, as the end of a sentence."""
    return f"finished: {', '.join(_finished)}." if _finished else "nothing was finished."


@contextlib.contextmanager
def tidied(action: Callable[[], object]) -> Iterator[None]:
    """Within the block, have `action` called where the process ends early, by Ctrl-C or a signal."""
    _tidying.append(action)
    try:
        yield
    finally:
        if action in _tidying:
            _tidying.remove(action)


def tidy() -> None:
    """Call what was left to do, the newest first; one that fails does not keep the others from it."""
    while _tidying:
        with contextlib.suppress(Exception):
            _tidying.pop()()


def end_tidily_on(*signals: int) -> None:
    """Let these signals end the process as they do by default, after `tidy`; only from the main thread."""

    def end(number: int, _: object) -> None:
        tidy()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    for number in signals:
        if signal.getsignal(number) == signal.SIG_DFL:  # nohup ignores SIGHUP, and means it
            signal.signal(number, end)
