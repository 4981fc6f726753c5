"""What has been finished so far, for the one line that Ctrl-C leaves behind, and the end of the worker processes."""

import contextlib
import os
import signal
from pathlib import Path

_finished: list[str] = []


def finished(what: str) -> None:
    """Note that `what` is done (a policy's simulation, a block of learners)."""
    _finished.append(what)


def note() -> str:
    """What was finished, as the end of a sentence."""
    return f"finished: {', '.join(_finished)}." if _finished else "nothing was finished."


def end_workers() -> None:
    """Kill the child processes of this one (joblib's workers); those that are gone already are no matter."""
    with contextlib.suppress(OSError):
        for children in Path(f"/proc/{os.getpid()}/task").glob("*/children"):
            for child in children.read_text().split():
                with contextlib.suppress(OSError):
                    os.kill(int(child), signal.SIGKILL)
