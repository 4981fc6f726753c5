"""Ray and Dask of two workers on this machine: the figures of one process, whatever happens to a worker."""

import functools
import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agents.dqn.settings import DQNSettings
from escapade.runs import clusters
from escapade.runs import sweep as module
from escapade.runs.plan import Plan
from escapade.runs.store import Store, open_existing
from escapade.runs.sweep import sweep
from explore.errors import BadInput

MAZE = "MiniGrid-Empty-5x5-v0"
PLAN = Plan((MAZE,), ("epsilon-greedy", "count", "rnd"), 2, 800, 3, dqn=DQNSettings(batch=8, warmup=64))
MOST = 120  # seconds; a guard, not a measurement

# The program's training with short evaluations. Once, the worker of `count` is killed in the middle; `rnd` fails.
TRAINER = """
import os, signal
from pathlib import Path
from agents.training import training

training.CURVE_EPISODES, training.FINAL_EPISODES = 2, 4
HERE = Path(__file__).parent


def train(maze, agent, *, progress, **rest):
    if agent == "rnd":
        raise ZeroDivisionError("by nothing")

    def step(now):
        progress(now)
        if agent == "count" and now.step == 400 and (HERE / "armed").exists():
            (HERE / "armed").unlink()
            os.kill(os.getpid(), signal.SIGKILL)

    return training.train(maze, agent, progress=step, **rest)
"""
ENDLESS = """
import time
from pathlib import Path
from agents.training.results import Progress
import numpy as np


def train(maze, agent, *, learners, progress, **_):
    step = 0
    while True:
        step += 1
        progress(Progress(step, 10**6, np.full(len(learners), np.nan), 0))
        Path(__file__).with_name(f"{agent}.step").write_text(str(step))
        time.sleep(0.05)
"""
DRIVER = """
import sys
from escapade.runs import sweep as module
from escapade.runs.plan import Plan
from escapade.runs.store import Store
module.TRAIN = "endless:train"
module.sweep(Plan(("MiniGrid-Empty-5x5-v0",), ("count",), 1, 100, 3), Store(None), backend="dask", address=sys.argv[1])
"""

# `count` is held in its middle while there is a file `hold`, and says meanwhile that it is alive.
HELD = """
import time
from pathlib import Path
from agents.training import training

training.CURVE_EPISODES, training.FINAL_EPISODES = 2, 4
HERE = Path(__file__).parent


def train(maze, agent, *, progress, **rest):
    with (HERE / "starts").open("a") as log:
        log.write(f"{agent}\\n")

    def step(now):
        progress(now)
        while agent == "count" and now.step == 400 and (HERE / "hold").exists():
            (HERE / "alive").write_text(str(time.time_ns()))
            time.sleep(0.05)
            progress(now)

    return training.train(maze, agent, progress=step, **rest)
"""
PROGRAM = """
from escapade.runs import sweep as module
module.TRAIN = "held:train"
from escapade.cli import main

if __name__ == "__main__":  # Dask's workers import this file
    main()
"""


def needs(backend: str) -> None:
    package = "distributed" if backend == "dask" else backend
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed: pip install 'escapade[{backend}]'")


@pytest.fixture
def trainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "trainer_of_clusters.py").write_text(TRAINER)
    (tmp_path / "endless.py").write_text(ENDLESS)
    (tmp_path / "held.py").write_text(HELD)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("RAY_worker_niceness", "0")  # 15 by default: a busy machine would never come to them
    monkeypatch.setattr(module, "TRAIN", "trainer_of_clusters:train")
    return tmp_path


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX does")
@pytest.mark.parametrize("backend", clusters.BACKENDS)
def test_a_cluster_gives_the_figures_of_one_process_though_a_worker_is_killed(backend, trainer) -> None:
    needs(backend)
    local = sweep(PLAN, Store(None), backend="sequential")
    (trainer / "armed").touch()
    steps: dict[int, list[int]] = {}
    store = Store(trainer / "runs")
    swept = sweep(
        PLAN, store, jobs=2, backend=backend, on_progress=lambda p: steps.setdefault(p.block, []).append(p.step)
    )
    store.close()
    assert not (trainer / "armed").exists()
    assert [block.results for block in swept.blocks] == [block.results for block in local.blocks]
    assert [block.agent for block in swept.blocks] == ["epsilon-greedy", "count"]
    for failure in (*swept.failures, *local.failures):
        assert failure.agent == "rnd"
        assert failure.reason.startswith("ZeroDivisionError: by nothing (trainer_of_clusters.py")
    assert len(swept.failures) == len(local.failures) == 1
    assert {0, 1} <= steps.keys()
    again = open_existing(trainer / "runs")
    assert [again.learners(c) for c in PLAN.configurations()] == [[0, 1], [0, 1], []]
    assert again.weights(PLAN.configurations()[1], 1)["learners"] == [0, 1]


@pytest.mark.parametrize(("backend", "address"), [("dask", "tcp://127.0.0.1:9"), ("ray", "127.0.0.1:9")])
def test_an_address_where_nothing_answers_is_one_sentence(backend, address, monkeypatch) -> None:
    needs(backend)
    monkeypatch.setattr(clusters, "WAIT", 2)
    with pytest.raises(BadInput, match=f"--address {address}: no {backend.capitalize()} cluster answers"):
        sweep(PLAN, Store(None), backend=backend, address=address)


def test_workers_of_dask_with_several_threads_are_refused() -> None:
    needs("dask")
    from distributed import LocalCluster

    with (
        LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None) as cluster,
        pytest.raises(BadInput, match="start workers with --nthreads 1"),
    ):
        sweep(PLAN, Store(None), backend="dask", address=cluster.scheduler_address)


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX does")
def test_work_on_a_cluster_ends_with_the_process_that_sent_it(trainer) -> None:
    """The worker of Dask stays, for the next one; those of Ray are ended by Ray."""
    needs("dask")
    from distributed import Client, LocalCluster

    (trainer / "driver.py").write_text(DRIVER)
    step = trainer / "count.step"
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        driver = subprocess.Popen([sys.executable, str(trainer / "driver.py"), cluster.scheduler_address])
        started = time.monotonic()
        while not step.exists():
            assert time.monotonic() - started < MOST
            time.sleep(0.1)
        driver.send_signal(signal.SIGKILL)
        driver.wait()
        with Client(cluster) as client:  # its one worker is free again
            assert client.submit(os.getpid).result(timeout=MOST) > 0
        before = step.read_text()
        time.sleep(0.5)
        assert step.read_text() == before


def wait_until(condition: Callable[[], bool], process: "subprocess.Popen[str] | None" = None) -> None:
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < MOST
        assert process is None or process.poll() is None, process.communicate()
        time.sleep(0.1)


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX does")
@pytest.mark.parametrize("backend", clusters.BACKENDS)
def test_ctrl_c_ends_the_work_and_the_same_command_goes_on_from_what_was_finished(backend, trainer) -> None:
    """`count` is interrupted in its middle when `epsilon-greedy` is kept; the figures are those of one process."""
    needs(backend)
    (trainer / "program.py").write_text(PROGRAM)
    plan = replace(PLAN, agents=("epsilon-greedy", "count"))
    out, hold, alive, starts = (trainer / name for name in ("out", "hold", "alive", "starts"))
    words = ["mazes", "--maze", MAZE, *(word for agent in plan.agents for word in ("--agent", agent))]
    words += ["--learners", "2", "--steps", "800", "--seed", "3", "--set", "batch=8", "--set", "warmup=64"]
    words += ["--backend", backend, "--jobs", "2", "--out", str(out), "--log", "plain"]

    def start() -> "subprocess.Popen[str]":
        command = [sys.executable, str(trainer / "program.py"), *words]
        # A job in the background ignores SIGINT, and so do the processes that it starts.
        unignored = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, cwd=trainer, preexec_fn=unignored, **pipes)

    def finished() -> bool:
        if not (out / "runs.sqlite").exists():
            return False
        store = open_existing(out)
        learners = store.learners(plan.configurations()[0])
        store.close()
        return learners == [0, 1]

    hold.touch()
    first = start()
    wait_until(lambda: alive.exists() and finished(), first)
    first.send_signal(signal.SIGINT)
    said = first.communicate(timeout=MOST)[1]
    assert first.returncode == 130, said
    assert f"stopped; finished: epsilon-greedy in {MAZE}." in said
    seen = [alive.read_text()]

    def still() -> bool:
        time.sleep(1.0)
        seen.append(alive.read_text())
        return seen[-1] == seen[-2]

    wait_until(still)  # the workers have ended
    hold.unlink()
    second = start()
    said = second.communicate(timeout=MOST)[1]
    assert second.returncode == 0, said
    assert sorted(starts.read_text().split()) == ["count", "count", "epsilon-greedy"]
    local = sweep(plan, Store(None), backend="sequential")
    store = open_existing(out)
    kept = [store.load(configuration) for configuration in plan.configurations()]
    store.close()
    assert [block.results for block in kept] == [block.results for block in local.blocks]
