"""What is compiled ahead is what a training needs, and nothing is left running."""

import io
import os
import signal
import subprocess
import sys

import pytest
from rich.console import Console

from agents.dqn.settings import DQNSettings
from escapade.runs import compile_ahead
from escapade.runs.compile_ahead import compile_for, compiling_ahead
from escapade.runs.plan import Plan

MAZE = "MiniGrid-Empty-5x5-v0"


@pytest.fixture
def started(monkeypatch):
    """The processes that are started: they sleep."""
    processes = []

    def start(command, **how):
        processes.append(subprocess_popen([sys.executable, "-c", "import time; time.sleep(1)"], **how))
        processes[-1].command = command
        return processes[-1]

    subprocess_popen = subprocess.Popen
    monkeypatch.setattr(compile_ahead.subprocess, "Popen", start)
    monkeypatch.setattr(compile_ahead.joblib, "cpu_count", lambda: 2)
    monkeypatch.setattr(compile_ahead, "SILENT", 0.1)
    return processes


def plan(**changes):
    return Plan(**{"mazes": (MAZE,), "agents": ("count",), "learners": 1, "steps": 100, "seed": 0, **changes})


def test_a_process_compiles_while_the_block_runs_and_the_block_ends_after_it(started):
    console = Console(file=io.StringIO())
    with compiling_ahead(plan(), console):
        (process,) = started
        assert process.poll() is None
    assert process.returncode == 0
    assert console.file.getvalue().startswith("compiling")
    assert process.command[1:5] == ["-m", "escapade.runs.compile_ahead", str(os.getpid()), MAZE]


def test_it_is_ended_where_the_block_fails(started):
    with pytest.raises(KeyboardInterrupt), compiling_ahead(plan(), Console()):
        raise KeyboardInterrupt
    assert started[0].returncode == -signal.SIGKILL


@pytest.mark.parametrize("changes", [None, {"mazes": ("CartPole-v1",)}, {"device": "cuda"}])
def test_without_a_maze_to_compile_nothing_is_started(started, changes):
    with compiling_ahead(None if changes is None else plan(**changes), Console()):
        assert not started


def test_nothing_is_started_on_one_core(started, monkeypatch):
    monkeypatch.setattr(compile_ahead.joblib, "cpu_count", lambda: 1)
    with compiling_ahead(plan(), Console()):
        assert not started


@pytest.mark.parametrize("settings", [{}, {"warmup": 5000, "batch": 512}, {"n_step": 5, "weights": (0.0, 1.0)}])
def test_any_settings_can_be_compiled_for(settings):
    compile_for(MAZE, DQNSettings(**settings))


@pytest.mark.slow
def test_a_training_compiles_nothing_after_it(tmp_path):
    count = (
        "from numba.core import event; events = []\n"
        "class Listener(event.Listener):\n"
        "    def on_start(self, e): events.append(str(e.data['dispatcher'].py_func))\n"
        "    def on_end(self, e): pass\n"
        "event.register('numba:compile', Listener())\n"
        "from agents.dqn.settings import DQNSettings\n"
    )
    ahead = "from escapade.runs.compile_ahead import compile_for\n" + f"compile_for('{MAZE}', DQNSettings())\n"
    train = (
        "from agents.training.training import train\n"
        f"train('{MAZE}', 'epsilon-greedy', learners=[0, 1, 2], steps=2000, seed=1)\n"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", count + work + "print(events)"],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)},
        ).stdout
        for work in (ahead, train)
    ]
    assert "update" in said[0]
    assert said[1] == "[]\n"
