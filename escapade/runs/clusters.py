"""Ray and Dask: tasks sent to processes on one or many machines, and progress sent back.

Both packages are extras, imported on use. A task is a plain function; its result is a `concurrent.futures.Future`. If a
process ends without an error (killed, or out of memory), only its own task is lost: Dask starts it again on another
worker as often as its scheduler allows, for Ray the sweep does.

Progress goes through the cluster (an event of Dask, an actor of Ray), so the machines need no shared folder.
"""

import importlib
import re
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, Protocol

from escapade.runs.progress import BlockProgress, OnProgress
from escapade.terminal.extras import needed
from explore.errors import BadInput

BACKENDS = ("ray", "dask")
TOPIC = "escapade-progress"
INTERVAL = 0.5  # seconds between two looks at Ray's actor
WAIT = 30  # seconds for an answer from the address


class Cluster(Protocol):
    """Where work is sent to; `retries`: how often a sweep is to send again what ended without a word."""

    retries: int

    def submit(self, function: Callable[..., Any], *arguments: Any) -> "Future[Any]":
        """Send `function(*arguments, report)`; `report` takes progress."""


@contextmanager
def connected(
    backend: str, address: str | None, workers: int, gpu: bool, on_progress: OnProgress | None
) -> Iterator[Cluster]:
    """The cluster at `address`, or one of `workers` processes that is started on this machine; closed at the end.

    gpu: every piece of work needs one. BadInput where the package is not installed, or nothing answers at `address`.
    """
    with needed(f"--backend {backend}", backend):
        cluster = (_Ray if backend == "ray" else _Dask)(address, workers, gpu, on_progress)
    try:
        yield cluster
    finally:
        cluster.close()


def _no_answer(address: str | None, backend: str, error: Exception) -> BadInput:
    why = (str(error).splitlines() or [type(error).__name__])[0]
    where = f"--address {address}" if address else f"--backend {backend}"
    return BadInput(f"{where}: no {backend.capitalize()} cluster answers ({why}); start one, or leave --address out.")


class _Dask:
    retries = 0  # the scheduler has `distributed.scheduler.allowed-failures`

    def __init__(self, address: str | None, workers: int, gpu: bool, on_progress: OnProgress | None) -> None:
        distributed: Any = importlib.import_module("distributed")  # an extra, as ray is
        local = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": None}
        try:
            self._client = distributed.Client(address, timeout=WAIT) if address else distributed.Client(**local)
        except (OSError, TimeoutError, ValueError) as error:
            raise _no_answer(address, "dask", error) from None
        several = [name for name, threads in self._client.nthreads().items() if threads > 1]
        if several:
            self._client.close()
            raise BadInput(
                f"--backend dask: the worker {several[0]} has several threads, and blocks cannot share a process: "
                "start workers with --nthreads 1."
            )
        if on_progress is not None:
            self._client.subscribe_topic(TOPIC, lambda event: on_progress(BlockProgress(*event[1])))
        self._executor = self._client.get_executor(pure=False, **({"resources": {"GPU": 1}} if gpu else {}))

    def submit(self, function: Callable[..., Any], *arguments: Any) -> "Future[Any]":
        future: Future[Any] = self._executor.submit(function, *arguments, _DaskReport())
        return future

    def close(self) -> None:
        self._executor.shutdown(wait=False)
        self._client.close()  # the scheduler forgets what it was sent


class _DaskReport:
    def __call__(self, now: BlockProgress) -> None:
        importlib.import_module("distributed").get_worker().log_event(TOPIC, now.message())

    def cancelled(self) -> bool:
        """Dask ends no thread: work that nobody waits for any more has to end by itself."""
        worker = importlib.import_module("distributed").get_worker()
        task = worker.state.tasks.get(worker.get_current_task())
        return task is None or task.state == "cancelled"


class _Ray:
    retries = 1

    def __init__(self, address: str | None, workers: int, gpu: bool, on_progress: OnProgress | None) -> None:
        ray: Any = importlib.import_module("ray")
        self._ray = ray
        local = {} if address else {"num_cpus": workers, "include_dashboard": False}
        try:
            if address and (host := re.fullmatch(r"(?:ray://)?(.+):(\d+)", address)):
                # Ray itself tries for minutes, whatever its settings.
                socket.create_connection((host[1], int(host[2])), timeout=WAIT).close()
            ray.init(address=address, logging_level="ERROR", log_to_driver=False, **local)
        except (OSError, OverflowError, RuntimeError, ValueError) as error:
            raise _no_answer(address, "ray", error) from None
        self._options = {"num_cpus": 1, "num_gpus": int(gpu), "max_retries": 0}
        self._actor = ray.remote(_ProgressActor).options(num_cpus=0).remote()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._read, args=(on_progress,), daemon=True)
        self._thread.start()

    def submit(self, function: Callable[..., Any], *arguments: Any) -> "Future[Any]":
        remote = self._ray.remote(function).options(**self._options)
        future: Future[Any] = remote.remote(*arguments, _RayReport(self._actor)).future()
        return future

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        self._ray.shutdown()  # ends what is still running

    def _read(self, on_progress: OnProgress | None) -> None:
        while not self._over.wait(INTERVAL):
            try:
                messages = self._ray.get(self._actor.take.remote(), timeout=WAIT)
            except Exception:  # its machine is gone: the work goes on without progress
                return
            for message in messages if on_progress is not None else []:
                on_progress(BlockProgress(*message))  # type: ignore[misc]


class _ProgressActor:
    """The newest progress of each block, until it is taken."""

    def __init__(self) -> None:
        self._newest: dict[int, list[Any]] = {}

    def put(self, message: list[Any]) -> None:
        self._newest[message[0]] = message

    def take(self) -> list[list[Any]]:
        messages, self._newest = list(self._newest.values()), {}
        return messages


class _RayReport:
    def __init__(self, actor: Any) -> None:
        self._actor = actor

    def __call__(self, now: BlockProgress) -> None:
        self._actor.put.remote(now.message())

    def cancelled(self) -> bool:
        """Ray ends the processes that work for one that has ended."""
        return False
