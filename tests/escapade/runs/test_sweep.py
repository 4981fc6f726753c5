"""The sweep, with training functions that are cheap: what is missing is trained, and a failure stays alone."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from agents.dqn.dqn import DQN
from agents.dqn.settings import DQNSettings
from agents.training import training
from agents.training.results import Block, LearnerResult, Progress
from escapade.runs import sweep as module
from escapade.runs.plan import Plan, continued
from escapade.runs.store import Store, open_existing
from escapade.runs.sweep import sweep
from explore.errors import BadInput

M, N = "MiniGrid-Empty-5x5-v0", "MiniGrid-Empty-6x6-v0"
SMALL = DQNSettings(batch=8, warmup=64)
PLAN = Plan((M, N), ("epsilon-greedy", "count"), learners=2, steps=100, seed=3)


def train(maze, agent, *, learners, steps, seed, device, settings, keep_weights, progress, checkpoints, **_):
    progress(Progress(steps, steps, np.array([0.5] * len(learners)), 1))
    value = settings.n_step + len(maze + agent)
    results = [LearnerResult(n, value + n / 7, 1, 0, 0, None, [(steps, seed / 3)]) for n in learners]
    return Block(maze, agent, steps, 1.0, 10.0, results)


def run(plan, store, monkeypatch):
    """In this process."""
    finished = []
    monkeypatch.setattr(module, "TRAIN", "trainer_for_tests:train")
    monkeypatch.setitem(
        __import__("sys").modules, "trainer_for_tests", __import__("types").SimpleNamespace(train=train)
    )
    blocks = sweep(
        plan, store, backend="sequential", finished=lambda b: finished.append((b.maze, b.agent, len(b.results)))
    )
    assert blocks.failures == []
    return blocks.blocks, finished


def test_a_resumed_sweep_is_the_uninterrupted_one_and_trains_only_what_is_missing(monkeypatch):
    whole, _ = run(PLAN, Store(None), monkeypatch)
    store = Store(None)
    run(replace(PLAN, mazes=(M,)), store, monkeypatch)
    resumed, finished = run(PLAN, store, monkeypatch)
    assert finished == [(N, "epsilon-greedy", 2), (N, "count", 2)]
    assert resumed == whole
    again, finished = run(PLAN, store, monkeypatch)
    assert finished == []
    assert again == whole


def test_more_learners_keep_those_that_are_there(monkeypatch):
    store = Store(None)
    run(PLAN, store, monkeypatch)
    blocks, finished = run(replace(PLAN, learners=5), store, monkeypatch)
    assert finished == [(maze, agent, 3) for maze in (M, N) for agent in ("epsilon-greedy", "count")]
    assert [r.learner for r in blocks[0].results] == [0, 1, 2, 3, 4]


def test_more_steps_go_on_from_the_last_state_to_the_figures_of_one_training(monkeypatch, tmp_path):
    """With schedules over the former length. Only the missing steps are taken, also by learners of another block."""
    monkeypatch.setattr(training, "CURVE_EPISODES", 2)
    monkeypatch.setattr(training, "FINAL_EPISODES", 4)
    monkeypatch.setattr("joblib.cpu_count", lambda: 1)  # the sweep sets the threads of this process
    asked = []
    original = DQN.train
    monkeypatch.setattr(DQN, "train", lambda dqn, steps, step: (asked.append(steps), original(dqn, steps, step))[1])

    def swept(store, steps, learners, schedule_steps=None):
        plan = Plan((M,), ("count",), learners, steps, 3, "cpu", SMALL, schedule_steps)
        plan = continued(plan, store.configurations())
        store.check(plan.configurations())
        (block,) = sweep(plan, store, backend="sequential").blocks
        return plan, block

    store = Store(tmp_path)
    swept(store, 323, 1)
    swept(store, 323, 2)
    asked.clear()
    plan, longer = swept(store, 640, 2)
    assert plan.schedule_steps == 323
    assert asked == [320, 320]  # 323 steps are 320 in whole vector steps
    assert longer.results[0].curve[-1][0] > 600
    swept(store, 640, 2)
    assert asked == [320, 320]
    _, fresh = swept(Store(None), 640, 2, 323)
    assert longer.results == fresh.results
    assert len(list((tmp_path / "checkpoints").iterdir())) == 2
    _, other = swept(Store(None), 640, 2)
    assert other.results != fresh.results  # schedules over 640 steps give another result


def test_another_seed_is_another_configuration(monkeypatch):
    store = Store(None)
    run(PLAN, store, monkeypatch)
    _, finished = run(replace(PLAN, seed=4), store, monkeypatch)
    assert len(finished) == 4


def test_settings_of_the_dqn_reach_training_and_do_not_mix_with_others(monkeypatch):
    store = Store(None)
    first, _ = run(PLAN, store, monkeypatch)
    changed = replace(PLAN, dqn=DQNSettings(n_step=5))
    with pytest.raises(BadInput, match="n_step is 3 there and 5 here"):
        run(changed, store, monkeypatch)
    second, _ = run(changed, Store(None), monkeypatch)
    assert second[0].results[0].train_return == first[0].results[0].train_return + 2


FAILING = """
import os, signal
from test_sweep import train as well

def train(maze, agent, **arguments):
    if agent == "count":
        {failure}
    return well(maze, agent, **arguments)
"""


@pytest.mark.parametrize(
    ("failure", "reason", "jobs"),
    [
        ("raise ZeroDivisionError('by nothing')", "ZeroDivisionError: by nothing (failing.py, line 7)", 2),
        ("exit(3)", "SystemExit: 3", 1),
        ("os._exit(0)", module.ENDED, 1),
        ("os.kill(os.getpid(), signal.SIGKILL)", module.ENDED, 2),
    ],
)
def test_a_plugin_that_fails_is_given_up_and_named_and_the_others_go_on(failure, reason, jobs, tmp_path, monkeypatch):
    """It raises, exits, ends its process, or is killed as by a system that is out of memory."""
    (tmp_path / "failing.py").write_text(FAILING.format(failure=failure))
    monkeypatch.syspath_prepend(os.path.dirname(__file__))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{os.path.dirname(__file__)}")
    monkeypatch.setattr(module, "TRAIN", "failing:train")
    store = Store(tmp_path)
    plan = replace(PLAN, mazes=(M,), agents=("count", "epsilon-greedy", "rnd"))
    swept = sweep(plan, store, jobs=jobs)
    (failed,) = swept.failures
    assert (failed.maze, failed.agent) == (M, "count")
    assert failed.reason.startswith(reason)
    assert str(failed).startswith(f"count in {M} failed: {reason}")
    assert [block.agent for block in swept.blocks] == ["epsilon-greedy", "rnd"]
    assert [len(block.results) for block in swept.blocks] == [2, 2]
    assert ("Traceback" in (tmp_path / module.LOG).read_text()) if failed.traceback else True
    store.close()
    assert open_existing(tmp_path).learners(plan.configurations()[0]) == []


ONCE = """
import os, signal
from pathlib import Path
from test_sweep import train as well

def train(maze, agent, **arguments):
    mark = Path(__file__).with_name("killed")
    if agent == "count" and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return well(maze, agent, **arguments)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX does")
def test_a_block_whose_worker_was_killed_once_is_run_again(tmp_path, monkeypatch):
    """As by a system that was short of memory for a while."""
    (tmp_path / "killed_once.py").write_text(ONCE)
    monkeypatch.syspath_prepend(os.path.dirname(__file__))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{os.path.dirname(__file__)}")
    monkeypatch.setattr(module, "TRAIN", "killed_once:train")
    plan = replace(PLAN, mazes=(M,))
    swept = sweep(plan, Store(None), jobs=2)
    assert (tmp_path / "killed").exists()
    assert swept.failures == []
    assert [(block.agent, len(block.results)) for block in swept.blocks] == [("epsilon-greedy", 2), ("count", 2)]


PARENT = """
import sys
from pathlib import Path
from escapade.runs import sweep as module
from escapade.runs.plan import Plan
from escapade.runs.store import Store
module.TRAIN = "endless:train"
if __name__ == "__main__":
    plan = Plan(("MiniGrid-Empty-5x5-v0",), ("epsilon-greedy", "count"), learners=1, steps=100, seed=3)
    module.sweep(plan, Store(Path(sys.argv[1])), jobs=2)
"""
ENDLESS = """
import os, time
from pathlib import Path
def train(maze, agent, **_):
    Path(__file__).with_name(f"{agent}.pid").write_text(str(os.getpid()))
    time.sleep(600)
"""
MOST = 300  # seconds; a guard, not a measurement


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z")


def wait_until(condition) -> None:
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < MOST
        time.sleep(0.1)


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX does")
@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM])
def test_workers_of_a_dead_parent_end_and_leave_no_temporary_files(sent, tmp_path):
    (tmp_path / "endless.py").write_text(ENDLESS)
    (tmp_path / "parent.py").write_text(PARENT)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path),
        "TMPDIR": str(temporary),
        "JOBLIB_TEMP_FOLDER": str(temporary),
    }
    process = subprocess.Popen([sys.executable, str(tmp_path / "parent.py"), str(tmp_path / "runs")], env=environment)
    wait_until(lambda: len([p for p in tmp_path.glob("*.pid") if p.read_text()]) == 2)
    workers = [int(path.read_text()) for path in tmp_path.glob("*.pid")]
    assert all(map(alive, workers))
    process.send_signal(sent)
    process.wait(MOST)
    wait_until(lambda: not any(map(alive, workers)))
    wait_until(lambda: list(temporary.iterdir()) == [])
    Store(tmp_path / "runs").close()  # nobody holds the folder any more
