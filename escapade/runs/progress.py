"""How far the blocks of a sweep are, from their workers to the display: one small file per task in a shared folder."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from agents.training.results import Progress

UPDATES = 200  # of a block's file in all
INTERVAL = 0.5  # seconds between two looks at the files


@dataclass(frozen=True)
class BlockProgress:
    """How far the block number `block` is: its step, and the mean evaluated return (None before the first)."""

    block: int
    step: int
    steps: int
    value: float | None
    rewarded: int


OnProgress = Callable[[BlockProgress], None]


def started(folder: Path) -> set[int]:
    """The numbers of the tasks that have begun."""
    return {int(path.stem) for path in folder.glob("*.json")}


class ProgressWriter:
    """Writes how far a block is; the file is replaced whole, never half written, and there from the beginning."""

    def __init__(self, block: int, folder: Path, steps: int, task: int) -> None:
        self._block, self._path, self._written = block, folder / f"{task}.json", 0
        self._write(BlockProgress(block, 0, steps, None, 0))

    def __call__(self, progress: Progress) -> None:
        share = progress.step * UPDATES // progress.steps
        if share == self._written:
            return
        self._written = share
        known = progress.returns[~np.isnan(progress.returns)]
        value = float(known.mean()) if known.size else None
        self._write(BlockProgress(self._block, progress.step, progress.steps, value, progress.rewarded))

    def _write(self, now: BlockProgress) -> None:
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps([now.block, now.step, now.steps, now.value, now.rewarded]))
        draft.replace(self._path)


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
