"""Worker processes that end with the program, and the error message of one that failed.

Linux and macOS give an orphaned process another parent, which is seen by its number; on Windows the number stays, and
the parent's handle says whether it has ended.
"""

import contextlib
import ctypes
import multiprocessing
import os
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path

INTERVAL = 1.0  # seconds between two looks at the parent
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # on Windows os.kill ends a process by any number
OURS = Path(__file__).parents[2]


def end_with_parent(parent: int, folder: str | None = None) -> None:
    """End this worker as soon as the process number `parent` has ended, and remove the temporary `folder`, if any."""
    if parent == os.getppid():
        threading.Thread(target=_watch, args=(_has_ended(parent), folder), daemon=True).start()


def end_workers() -> None:
    """Kill the child processes of this one (joblib's workers), on every system."""
    for child in multiprocessing.active_children():
        if child.pid is not None:
            with contextlib.suppress(OSError):  # it has ended by itself
                os.kill(child.pid, KILL)


def explain(error: BaseException) -> str:
    """An exception of a plugin in one sentence: its kind, its message and the place where it was raised."""
    lines = str(error).strip().splitlines()
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [frame for frame in frames if not Path(frame.filename).is_relative_to(OURS)] or frames
    place = f" ({Path(theirs[-1].filename).name}, line {theirs[-1].lineno})" if theirs else ""
    return f"{type(error).__name__}{': ' + lines[0] if lines else ''}{place}"


def _has_ended(parent: int) -> Callable[[], bool]:
    if sys.platform == "win32":
        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(0x100000, False, parent)  # SYNCHRONIZE: no more than to wait for it
        return lambda: kernel.WaitForSingleObject(handle, 0) == 0
    return lambda: os.getppid() != parent


def _watch(has_ended: Callable[[], bool], folder: str | None) -> None:
    while not has_ended():
        time.sleep(INTERVAL)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)
