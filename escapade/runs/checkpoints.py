"""Checkpoints of blocks, in DIR/checkpoints: written atomically, and verified by a digest when they are read.

The last one of a finished block is kept, so that a training for more steps continues from it. zlib's fastest level
compresses replays of mazes to a sixteenth, in about a second per 150 MB.

A file is named by its step and the digest of its content, `NAME-STEP-DIGEST.pt`; the undamaged one with the largest
step is used, whatever its date, and a new one is in place before the old one is removed. Only numbers, lists and
tensors are loaded.

Writing takes time, so the next checkpoint is written `SHARE` times the duration of the last one later, and not before
`INTERVAL`: a kill loses about as much work.
"""

import gzip
import hashlib
import io
import json
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, cast

import torch

FOLDER = "checkpoints"
INTERVAL = 30.0  # seconds of training between two checkpoints, at least
SHARE = 25.0  # of a checkpoint's cost between two: 4 % of the time
DIGEST = 16  # bytes


class Checkpoints:
    """The checkpoints of one block, known by its `configuration` and the names of its `learners`.

    former: the configuration of a shorter training of these learners, to begin with where it left off.
    `notes` are sentences about what could not be written or read.
    """

    def __init__(
        self,
        folder: Path,
        configuration: Mapping[str, Any],
        learners: Sequence[int],
        former: Mapping[str, Any] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.notes: list[str] = []
        self._folder = folder / FOLDER
        self._block = f"{configuration['agent']} in {configuration['maze']}"
        self._name = _name(configuration, learners)
        self._former = None if former is None else _name(former, learners)
        self._clock = clock
        self._due = clock() + INTERVAL

    def due(self) -> bool:
        """Whether it is time for the next one."""
        return self._clock() >= self._due

    def save(self, step: int, state: dict[str, Any]) -> None:
        """Keep the `state` at `step` and remove older ones; where it cannot be written, a note says so."""
        started = self._clock()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, draft = tempfile.mkstemp(dir=self._folder, prefix=f"{self._name}-", suffix=".draft")
            try:
                with os.fdopen(handle, "wb") as file:
                    digest = _Digest(file)
                    with gzip.GzipFile(fileobj=cast(IO[bytes], digest), mode="wb", compresslevel=1, mtime=0) as packed:
                        torch.save(state, cast(IO[bytes], packed))
                    file.flush()
                    os.fsync(file.fileno())
                path = self._folder / f"{self._name}-{step}-{digest.value()}.pt"
                Path(draft).replace(path)
            finally:
                Path(draft).unlink(missing_ok=True)
            for older in self._folder.glob(f"{self._name}-*"):
                if older != path:
                    older.unlink(missing_ok=True)
        except (OSError, RuntimeError) as error:  # torch's own writer turns a full disk into a RuntimeError
            why = getattr(error, "strerror", None) or "the disk is full or limits the size of files"
            self._note(f"no checkpoint of {self._block} could be kept in '{self._folder}' ({why})")
        ended = self._clock()
        self._due = ended + max(INTERVAL, SHARE * (ended - started))

    def load(self) -> dict[str, Any] | None:
        """The newest state; None where there is none. Damaged ones are removed, and a note says so."""
        newest = sorted(self._folder.glob(f"{self._name}-*.pt"), key=_step, reverse=True)
        if self._former is not None:
            newest += sorted(self._folder.glob(f"{self._former}-*.pt"), key=_step, reverse=True)
        for path in newest:
            try:
                content = path.read_bytes()
                if hashlib.blake2b(content, digest_size=DIGEST).hexdigest() != path.stem.rpartition("-")[2]:
                    raise ValueError("its content is not what was written")
                state: dict[str, Any] = torch.load(
                    io.BytesIO(gzip.decompress(content)), map_location="cpu", weights_only=True
                )
                return state
            except Exception as error:  # a hostile or damaged file raises UnpicklingError, RuntimeError, EOFError, …
                why = str(error).splitlines()[0] if str(error) else type(error).__name__
                self._note(f"the checkpoint '{path}' is damaged ({why}): {self._block} goes on without it")
                path.unlink(missing_ok=True)
        return None

    def finish(self) -> None:
        """Keep the newest checkpoint alone, when the block is finished; those of the shorter training go too."""
        newest = max(self._folder.glob(f"{self._name}-*.pt"), key=_step, default=None)
        for path in self._folder.glob(f"{self._name}-*"):
            if path != newest:
                path.unlink(missing_ok=True)
        if self._former is not None and newest is not None:
            for path in self._folder.glob(f"{self._former}-*"):
                path.unlink(missing_ok=True)

    def _note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)


def _name(configuration: Mapping[str, Any], learners: Sequence[int]) -> str:
    key = json.dumps([configuration, list(learners)], sort_keys=True)
    return hashlib.blake2b(key.encode(), digest_size=DIGEST).hexdigest()


def _step(path: Path) -> int:
    step = path.stem.split("-")[1]
    return int(step) if step.isdigit() else -1


class _Digest:
    """A file that is written from start to end, and the digest of what went through."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._digest = file, hashlib.blake2b(digest_size=DIGEST)

    def write(self, part: bytes) -> int:
        self._digest.update(part)
        return self._file.write(part)

    def flush(self) -> None:
        self._file.flush()

    def value(self) -> str:
        return self._digest.hexdigest()
