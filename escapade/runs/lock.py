"""One writer per folder of results: a lock on a file, which the system releases when the process ends in any way.

The file names its holder. Where the file system has no locks, nothing is locked.
"""

import json
import os
import socket
import sys
import time
from pathlib import Path
from typing import IO

from explore.errors import BadInput

FILE = "lock"
if sys.platform == "win32":
    import msvcrt

    BYTE = 1 << 30  # far behind the text: Windows lets nobody read what is locked

    def _take(file: IO[str]) -> None:
        file.seek(BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FolderLock:
    """Holds `folder` until `release`; BadInput, which names the holder, where another process has it."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / FILE).open("a+", encoding="utf-8")
        try:
            _take(self._file)
        except (BlockingIOError, PermissionError):
            self._file.seek(0)
            holder = self._file.read()
            self._file.close()
            raise BadInput(f"'{folder}' is in use by {_named(holder)}: wait for it, or name another folder.") from None
        except OSError:  # a file system without locks
            pass
        self._file.seek(0)
        self._file.truncate()
        holder = json.dumps({"process": os.getpid(), "host": socket.gethostname(), "since": time.strftime("%H:%M")})
        self._file.write(holder)
        self._file.flush()

    def release(self) -> None:
        """Let others have the folder; more than once does no harm."""
        if not self._file.closed:
            self._file.seek(0)
            self._file.truncate()
            self._file.close()


def _named(holder: str) -> str:
    try:
        parts = json.loads(holder)
        return f"process {parts['process']} on {parts['host']} since {parts['since']}"
    except (ValueError, KeyError, TypeError):
        return "another process"
