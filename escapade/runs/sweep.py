"""The maze experiment as a sweep: one block per (maze, agent) with all its learners, blocks in parallel by joblib.

A learner's result depends on its configuration and its name alone, so the store decides what is missing. Blocks run in
worker processes of joblib, or on a cluster of Ray or Dask (`clusters`). A block whose plugin fails is
abandoned and reported while the others continue; if a worker ends without an error (killed, or ended by a plugin), the
blocks that had started are run again, one by one, and the one whose worker ends again is abandoned.
"""

import importlib
import os
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import joblib
import numba
import torch
from joblib import Parallel, delayed, parallel_config

from agents.dqn.settings import DQNSettings
from agents.training.results import Block
from agents.training.trained import Weights
from escapade.runs import clusters
from escapade.runs.checkpoints import Checkpoints
from escapade.runs.clusters import Cluster
from escapade.runs.initial import initial_weights
from escapade.runs.plan import Configuration, Plan, former
from escapade.runs.progress import FileReport, OnProgress, ProgressReader, ProgressWriter, Report, started
from escapade.runs.store import Store
from escapade.runs.workers import end_with_parent, explain

Train = Callable[..., Block]
TRAIN = "agents.training.training:train"
LOG = "failures.log"  # full tracebacks of the blocks that failed
ENDED = "its worker process ended at once: killed by the system (memory?) or by a plugin"


@dataclass(frozen=True)
class Failure:
    """A block that failed: its maze and agent, the reason in a sentence, and the traceback if there is one."""

    maze: str
    agent: str
    reason: str
    traceback: str = ""

    def __str__(self) -> str:
        return f"{self.agent} in {self.maze} failed: {self.reason}."


@dataclass(frozen=True)
class Swept:
    """Every block of the plan that has learners, in the plan's order, and those that failed."""

    blocks: list[Block]
    failures: list[Failure]
    notes: list[str]  # about checkpoints that could not be written or read


@dataclass(frozen=True)
class _Task:
    number: int
    block: int  # of the plan, for progress
    configuration: Configuration
    learners: Sequence[int]
    former: Configuration | None = None  # of a shorter training that these learners have behind them
    initial: Weights | None = None  # trained networks to begin with


def sweep(
    plan: Plan,
    store: Store,
    *,
    jobs: int | None = None,
    backend: str | None = None,
    address: str | None = None,
    on_progress: OnProgress | None = None,
    finished: Callable[[Block], None] | None = None,
) -> Swept:
    """Train what the store lacks, and give back every block of the plan from the store.

    backend: of joblib (None: "loky", processes), or "ray" or "dask", then with the cluster's `address`, or None to
    start one here. BadInput where the store holds the same agents trained with other settings, and where no cluster
    answers.
    """
    names = list(range(plan.learners))
    configurations = plan.configurations()
    store.check(configurations)
    missing = _missing(configurations, names, store)
    if plan.initial is not None:
        source = Path(plan.initial.folder)
        missing = [
            replace(task, initial=initial_weights(source, task.configuration["initial"], task.learners))
            for task in missing
        ]
    failures: list[Failure] = []
    notes: list[str] = []
    if missing:
        workers = min(len(missing), jobs or (1 if plan.device != "cpu" else joblib.cpu_count()))
        with ExitStack() as stack:
            if backend in clusters.BACKENDS:
                gpu = plan.device != "cpu"
                cluster = stack.enter_context(clusters.connected(str(backend), address, workers, gpu, on_progress))
                outcomes = _outcomes_of_cluster(missing, cluster, store.folder)
            else:
                outcomes = _outcomes(missing, workers, backend, store.folder, on_progress)
            for task, outcome, said in outcomes:
                notes += said
                if isinstance(outcome, Failure):
                    failures.append(outcome)
                    notes += _log(store.folder, outcome)
                    continue
                store.save(task.configuration, outcome)
                if store.folder is not None:
                    Checkpoints(store.folder, task.configuration, task.learners, task.former).finish()
                if finished is not None:
                    finished(outcome)
    blocks = [store.load(configuration, names) for configuration in configurations]
    return Swept([block for block in blocks if block.results], failures, notes)


def _missing(configurations: Sequence[Configuration], names: Sequence[int], store: Store) -> list[_Task]:
    """What the store lacks: the learners of a block together, apart from those that go on with a shorter training."""
    tasks: list[_Task] = []
    kept = store.configurations()
    for block, configuration in enumerate(configurations):
        done = store.learners(configuration)
        lacking = [name for name in names if name not in done]
        shorter = former(configuration, kept)
        for group in [] if shorter is None else store.blocks(shorter):
            if set(group) <= set(lacking):
                tasks.append(_Task(len(tasks), block, configuration, group, shorter))
                lacking = [name for name in lacking if name not in group]
        if lacking:
            tasks.append(_Task(len(tasks), block, configuration, lacking))
    return tasks


def _outcomes(
    tasks: Sequence[_Task], workers: int, backend: str | None, results: Path | None, on_progress: OnProgress | None
) -> Iterator[tuple[_Task, Block | Failure, list[str]]]:
    """Every task with what came of it and notes about its checkpoints, in the order in which they finish."""
    threads = max(1, joblib.cpu_count() // workers)
    by_number = {task.number: task for task in tasks}
    with tempfile.TemporaryDirectory(prefix="escapade-", ignore_cleanup_errors=True) as folder:
        groups = [list(by_number)]
        while groups:
            group = groups.pop(0)
            left = set(group)
            reports = {number: FileReport(Path(folder), number) for number in group}
            calls = (delayed(_block)(TRAIN, by_number[n], threads, results, reports[n]) for n in group)
            try:
                with ProgressReader(Path(folder), on_progress), _backend(backend, workers, folder):
                    for number, outcome, notes in _parallel(workers)(calls):
                        left.remove(number)
                        yield by_number[number], outcome, notes
            except BrokenProcessPool:
                if len(group) == 1:
                    task = by_number[group[0]]
                    yield task, Failure(task.configuration["maze"], task.configuration["agent"], ENDED), []
                    continue
                begun = started(Path(folder)) & left or left
                groups += [[number] for number in sorted(begun)]
                if rest := sorted(left - begun):
                    groups.append(rest)


def _outcomes_of_cluster(
    tasks: Sequence[_Task], cluster: Cluster, results: Path | None
) -> Iterator[tuple[_Task, Block | Failure, list[str]]]:
    """As `_outcomes`. A worker has one thread, and keeps checkpoints where it sees the folder of the results."""
    tries = dict.fromkeys((task.number for task in tasks), 0)
    folder = None if results is None else results.resolve()
    waiting: dict[Future[Any], _Task] = {}

    def send(task: _Task) -> None:
        waiting[cluster.submit(_block, TRAIN, task, 1, folder)] = task

    for task in tasks:
        send(task)
    while waiting:
        for future in wait(waiting, return_when=FIRST_COMPLETED).done:
            task = waiting.pop(future)
            try:
                _, outcome, notes = future.result()
            except Exception:  # the process ended; what a plugin raises is an outcome
                if tries[task.number] < cluster.retries:
                    tries[task.number] += 1
                    send(task)
                    continue
                outcome, notes = Failure(task.configuration["maze"], task.configuration["agent"], ENDED), []
            yield task, outcome, notes


def _backend(name: str | None, workers: int, folder: str) -> Any:
    if name in (None, "loky"):
        # One worker would be this very process for joblib: with a second one, idle, a plugin cannot end the program.
        return parallel_config(
            backend="loky", n_jobs=max(2, workers), initializer=end_with_parent, initargs=(os.getpid(), folder)
        )
    return parallel_config(backend=name, n_jobs=workers)


def _parallel(workers: int) -> Any:
    return Parallel(return_as="generator_unordered", pre_dispatch=workers, batch_size=1)


def _block(
    train: str, task: _Task, threads: int, results: Path | None, report: Report
) -> tuple[int, Block | Failure, list[str]]:
    """One block, in a worker; a Failure where anything but an interrupt ends it. Checkpoints lie in `results`."""
    module, _, name = train.partition(":")
    if train == TRAIN:
        torch.set_num_threads(threads)
        numba.set_num_threads(min(threads, numba.get_num_threads()))
    c = task.configuration
    progress = ProgressWriter(task.block, c["steps"], report)
    checkpoints: Checkpoints | None = None
    outcome: Block | Failure
    try:
        work: Train = getattr(importlib.import_module(module), name)
        if results is not None and results.is_dir():  # other machines of a cluster may not have it
            checkpoints = Checkpoints(results, c, task.learners, task.former)
        outcome = work(
            c["maze"],
            c["agent"],
            learners=task.learners,
            steps=c["steps"],
            seed=c["seed"],
            device=c["device"],
            settings=DQNSettings(**c["settings"]["dqn"]),
            schedule_steps=c.get("schedule_steps"),
            initial=task.initial,
            keep_weights=results is not None,
            progress=progress,
            checkpoints=checkpoints,
        )
    except (Exception, SystemExit) as error:  # whatever a plugin raises
        outcome = Failure(c["maze"], c["agent"], explain(error), traceback.format_exc())
    return task.number, outcome, [] if checkpoints is None else checkpoints.notes


def _log(folder: Path | None, failure: Failure) -> list[str]:
    """Keep the traceback of a failure; a note where it cannot be."""
    if folder is None or not failure.traceback:
        return []
    try:
        with (folder / LOG).open("a", encoding="utf-8") as file:
            file.write(f"{failure.agent} in {failure.maze}\n{failure.traceback}\n")
    except OSError as error:
        return [f"the traceback of {failure.agent} in {failure.maze} could not be stored ({error.strerror})"]
    return []
