"""The progress of the blocks of a sweep, sent from their workers to the display.

On one machine that is one small file per task in a folder; `clusters` has the way from other machines.
"""

import contextlib
import json
import threading
from collections.abc import Callable
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from agents.training.results import Progress

UPDATES = 200  # of a block's file in all
INTERVAL = 0.5  # seconds between two looks at the files


@dataclass(frozen=True)
class BlockProgress:
    """How far the block number `block` is: its step, and the mean evaluated return (None before the first).

    began: the step at which its worker began, above 0 where it went on from a checkpoint.
    """

    block: int
    step: int
    steps: int
    value: float | None
    rewarded: int
    began: int = 0

    def message(self) -> list[Any]:
        """As JSON values: the arguments of the class."""
        return list(astuple(self))


OnProgress = Callable[[BlockProgress], None]


def started(folder: Path) -> set[int]:
    """The numbers of the tasks that have begun."""
    return {int(path.stem) for path in folder.glob("*.json")}


class Report(Protocol):
    """Where a worker reports to."""

    def __call__(self, now: BlockProgress) -> None:
        """Report how far a block is."""

    def cancelled(self) -> bool:
        """Whether nobody waits for the block any more."""


class FileReport:
    """Writes the file of a task, which is replaced whole, never half written.

    Where it cannot be written (a full disk), the training goes on without.
    """

    def __init__(self, folder: Path, task: int) -> None:
        self._path = folder / f"{task}.json"

    def __call__(self, now: BlockProgress) -> None:
        draft = self._path.with_suffix(".draft")
        with contextlib.suppress(OSError):
            draft.write_text(json.dumps(now.message()))
            draft.replace(self._path)

    def cancelled(self) -> bool:
        """A worker of this machine is ended from outside."""
        return False


class Cancelled(Exception):
    """Nobody waits for this block any more."""


class ProgressWriter:
    """Reports how far a block is, at its beginning and `UPDATES` times; Cancelled where nobody waits for it."""

    def __init__(self, block: int, steps: int, report: Report) -> None:
        self._block, self._report, self._written = block, report, 0
        report(BlockProgress(block, 0, steps, None, 0))

    def __call__(self, progress: Progress) -> None:
        if self._report.cancelled():
            raise Cancelled
        share = progress.step * UPDATES // progress.steps
        if share == self._written:
            return
        self._written = share
        known = progress.returns[~np.isnan(progress.returns)]
        value = float(known.mean()) if known.size else None
        now = BlockProgress(self._block, progress.step, progress.steps, value, progress.rewarded, progress.began)
        self._report(now)


class ProgressReader:
    """A context manager that reads the files twice a second, in a thread of its own."""

    def __init__(self, folder: Path, on_progress: OnProgress | None) -> None:
        self._folder, self._on_progress, self._over = folder, on_progress, threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> None:
        if self._on_progress is not None:
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _read(self) -> None:
        assert self._on_progress is not None
        while not self._over.wait(INTERVAL):
            for path in self._folder.glob("*.json"):
                self._on_progress(BlockProgress(*json.loads(path.read_text())))
