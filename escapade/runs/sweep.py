"""The maze experiment as a sweep: one block per (maze, agent) with all its learners, blocks in parallel by joblib.

A learner's result depends on its configuration and its name alone, so the store decides what is missing. Blocks run in
processes by default; a joblib backend (`ray`, `dask`) is named with `backend`. A block writes how far it is to a small
file, which the progress display reads.
"""

import importlib
import json
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import torch
from joblib import Parallel, delayed, parallel_config

from agents.training.results import Block, Progress
from escapade.runs.store import Store

Train = Callable[..., Block]
TRAIN = "agents.training.training:train"


@dataclass(frozen=True)
class Plan:
    """What the maze experiment trains: every agent in every maze."""

    mazes: tuple[str, ...]
    agents: tuple[str, ...]
    learners: int
    steps: int
    seed: int
    device: str = "cpu"

    def configurations(self) -> list[dict[str, Any]]:
        """One per block: everything that a learner's result depends on, apart from its name."""
        return [
            {"maze": maze, "agent": agent, "steps": self.steps, "seed": self.seed, "device": self.device}
            for maze in self.mazes
            for agent in self.agents
        ]


@dataclass(frozen=True)
class BlockProgress:
    """How far the block number `block` is: its step, and the mean evaluated return (None before the first)."""

    block: int
    step: int
    steps: int
    value: float | None
    rewarded: int


OnProgress = Callable[[BlockProgress], None]


def sweep(
    plan: Plan,
    store: Store,
    *,
    jobs: int | None = None,
    backend: str | None = None,
    on_progress: OnProgress | None = None,
    finished: Callable[[Block], None] | None = None,
) -> list[Block]:
    """Train what the store lacks, and give back every block of the plan from the store, in the plan's order."""
    names = list(range(plan.learners))
    configurations = plan.configurations()
    missing = []
    for number, configuration in enumerate(configurations):
        done = store.learners(configuration)
        if lacking := [name for name in names if name not in done]:
            missing.append((number, configuration, lacking))
    if missing:
        cores = joblib.cpu_count()
        workers = min(len(missing), jobs or (1 if plan.device != "cpu" else cores))
        threads = max(1, cores // workers)
        with tempfile.TemporaryDirectory(prefix="escapade-") as folder, _ProgressReader(Path(folder), on_progress):
            tasks = (
                delayed(_block)(TRAIN, number, configuration, lacking, threads, folder, store.folder is not None)
                for number, configuration, lacking in missing
            )
            with parallel_config(backend=backend, n_jobs=workers) if backend else parallel_config(n_jobs=workers):
                for number, block in Parallel(return_as="generator_unordered")(tasks):
                    store.save(configurations[number], block)
                    if finished is not None:
                        finished(block)
    return [store.load(configuration, names) for configuration in configurations]


def _block(
    train: str,
    number: int,
    configuration: dict[str, Any],
    learners: Sequence[int],
    threads: int,
    folder: str,
    keep_weights: bool,
) -> tuple[int, Block]:
    module, _, name = train.partition(":")
    if train == TRAIN:
        torch.set_num_threads(threads)
    report = _ProgressWriter(number, Path(folder) / f"{number}.json")
    arguments = {key: value for key, value in configuration.items() if key not in ("maze", "agent")}
    if keep_weights:
        arguments["keep_weights"] = True
    work: Train = getattr(importlib.import_module(module), name)
    return number, work(configuration["maze"], configuration["agent"], learners=learners, progress=report, **arguments)


class _ProgressWriter:
    """Writes how far a block is, at most 200 times in all; the file is replaced whole, never half written."""

    def __init__(self, number: int, path: Path) -> None:
        self._number, self._path, self._written = number, path, -1

    def __call__(self, progress: Progress) -> None:
        share = progress.step * 200 // progress.steps
        if share == self._written:
            return
        self._written = share
        known = progress.returns[~np.isnan(progress.returns)]
        value = float(known.mean()) if known.size else None
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps([self._number, progress.step, progress.steps, value, progress.rewarded]))
        draft.replace(self._path)


class _ProgressReader:
    """Reads how far the blocks are twice a second, in a thread of its own."""

    def __init__(self, folder: Path, on_progress: OnProgress | None) -> None:
        self._folder, self._on_progress, self._over = folder, on_progress, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> None:
        if self._on_progress is not None:
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.5):
            for path in self._folder.glob("*.json"):
                assert self._on_progress is not None
                self._on_progress(BlockProgress(*json.loads(path.read_text())))
