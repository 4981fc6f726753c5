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
from escapade.runs.compile_ahead import HALVES, compile_networks, compiling_ahead
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


def test_processes_compile_while_the_block_runs_and_the_block_ends_after_them(started):
    console = Console(file=io.StringIO())
    with compiling_ahead(plan(), console):
        assert [process.poll() for process in started] == [None, None]
    assert [process.returncode for process in started] == [0, 0]
    assert console.file.getvalue().startswith("compiling")
    module = ["-m", "escapade.runs.compile_ahead", str(os.getpid())]
    assert [process.command[1:6] for process in started] == [[*module, half, MAZE] for half in HALVES]


def test_it_is_ended_where_the_block_fails(started):
    with pytest.raises(KeyboardInterrupt), compiling_ahead(plan(), Console()):
        raise KeyboardInterrupt
    assert [process.returncode for process in started] == [-signal.SIGKILL] * 2


@pytest.mark.parametrize("changes", [None, {"mazes": ("CartPole-v1",)}, {"device": "cuda"}])
def test_without_a_maze_to_compile_nothing_is_started(started, changes):
    with compiling_ahead(None if changes is None else plan(**changes), Console()):
        assert not started


def test_nothing_is_started_on_one_core(started, monkeypatch):
    monkeypatch.setattr(compile_ahead.joblib, "cpu_count", lambda: 1)
    with compiling_ahead(plan(), Console()):
        assert not started


def test_nothing_is_started_where_compiled_code_cannot_be_kept(started, monkeypatch):
    monkeypatch.setattr(compile_ahead, "code_is_kept", lambda: False)
    with compiling_ahead(plan(), Console()):
        assert not started


@pytest.mark.parametrize("settings", [{}, {"warmup": 5000, "batch": 512}, {"n_step": 5, "weights": (0.0, 1.0)}])
def test_any_settings_can_be_compiled_for(settings):
    compile_networks(MAZE, DQNSettings(**settings))


@pytest.mark.slow
def test_a_training_and_its_optimum_compile_nothing_after_it(tmp_path):
    count = (
        "from numba.core import event; events = []\n"
        "class Listener(event.Listener):\n"
        "    def on_start(self, e): events.append(str(e.data['dispatcher'].py_func))\n"
        "    def on_end(self, e): pass\n"
        "event.register('numba:compile', Listener())\n"
        "from agents.dqn.settings import DQNSettings\n"
    )
    halves = "from escapade.runs.compile_ahead import HALVES\n"
    ahead = [halves + f"HALVES['{half}']('{MAZE}', DQNSettings())\n" for half in HALVES]
    train = (
        "from agents.planners import optimum\n"
        "from agents.training.training import train\n"
        f"train('{MAZE}', 'epsilon-greedy', learners=[0, 1, 2], steps=2000, seed=1)\n"
        f"optimum('{MAZE}')\n"
    )
    compiled = [
        subprocess.run(
            [sys.executable, "-c", count + work + "print(events)"],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)},
        ).stdout
        for work in (*ahead, train)
    ]
    assert "step_all" in compiled[0]
    assert "function update" in compiled[1]
    assert compiled[2] == "[]\n"
