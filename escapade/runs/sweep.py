"""Act 2 as a sweep: one block per (maze, agent), all its learners together, the blocks in parallel through joblib.

A learner's result depends on its configuration and its name alone, so the store decides what is missing. Blocks run in
processes by default; a joblib backend (`ray`, `dask`) is named with `backend`. A block says where it stands in a small
file that whoever shows the progress reads.
"""

import importlib
import json
import os
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from agents.training.results import Block, Progress
from escapade.runs.store import Store

Train = Callable[..., Block]
TRAIN = "agents.training.training:train"


@dataclass(frozen=True)
class Plan:
    """What act 2 trains: every agent in every maze."""

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
class Standing:
    """Where the block number `block` stands: its step, and the mean evaluated return so far (None before the first)."""

    block: int
    step: int
    steps: int
    value: float | None
    rewarded: int


OnStanding = Callable[[Standing], None]


def sweep(
    plan: Plan,
    store: Store,
    *,
    jobs: int | None = None,
    backend: str | None = None,
    standing: OnStanding | None = None,
    finished: Callable[[Block], None] | None = None,
) -> list[Block]:
    """Train what the store lacks, and give back every block of the plan from the store, in the plan's order."""
    from joblib import Parallel, delayed, parallel_config

    names = list(range(plan.learners))
    configurations = plan.configurations()
    missing = []
    for number, configuration in enumerate(configurations):
        done = store.learners(configuration)
        if lacking := [name for name in names if name not in done]:
            missing.append((number, configuration, lacking))
    if missing:
        cores = os.cpu_count() or 1
        workers = min(len(missing), jobs or (1 if plan.device != "cpu" else cores))
        threads = max(1, cores // workers)
        with tempfile.TemporaryDirectory(prefix="escapade-") as folder, _Watch(Path(folder), standing):
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
        import torch

        torch.set_num_threads(threads)
    tell = _Teller(number, Path(folder) / f"{number}.json")
    arguments = {key: value for key, value in configuration.items() if key not in ("maze", "agent")}
    if keep_weights:
        arguments["keep_weights"] = True
    work: Train = getattr(importlib.import_module(module), name)
    return number, work(configuration["maze"], configuration["agent"], learners=learners, progress=tell, **arguments)


class _Teller:
    """Writes where a block stands, at most 200 times in all; the file is replaced whole, never half written."""

    def __init__(self, number: int, place: Path) -> None:
        self._number, self._place, self._told = number, place, -1

    def __call__(self, progress: Progress) -> None:
        share = progress.step * 200 // progress.steps
        if share == self._told:
            return
        self._told = share
        known = progress.returns[~np.isnan(progress.returns)]
        value = float(known.mean()) if known.size else None
        draft = self._place.with_suffix(".draft")
        draft.write_text(json.dumps([self._number, progress.step, progress.steps, value, progress.rewarded]))
        draft.replace(self._place)


class _Watch:
    """Reads the blocks' standing twice a second, in a thread of its own."""

    def __init__(self, folder: Path, standing: OnStanding | None) -> None:
        self._folder, self._standing, self._over = folder, standing, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> None:
        if self._standing is not None:
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.5):
            for place in self._folder.glob("*.json"):
                assert self._standing is not None
                self._standing(Standing(*json.loads(place.read_text())))
