"""SIGKILL at random moments of a small experiment, started again each time: the figures of an uninterrupted one."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX does")
KILLS = 20

# The program's sweep, with checkpoints every fifth of a second in the place of every half minute.
TRAINER = """
from agents.training.training import train
from escapade.runs import checkpoints
checkpoints.INTERVAL, checkpoints.SHARE = 0.2, 1.0
"""
EXPERIMENT = """
import sys
from pathlib import Path
from agents.dqn.settings import DQNSettings
from escapade.runs import sweep as module
from escapade.runs.plan import Plan
from escapade.runs.store import Store
module.TRAIN = "trainer_with_checkpoints:train"
if __name__ == "__main__":
    plan = Plan(
        ("MiniGrid-Empty-5x5-v0",), ("epsilon-greedy", "count"), 2, 4000, 3, dqn=DQNSettings(batch=16, warmup=100)
    )
    swept = module.sweep(plan, Store(Path(sys.argv[1])), jobs=2)
    assert not swept.failures, swept.failures
    assert not swept.notes, swept.notes
"""
QUERIES = (
    "SELECT configuration, learner, train_return, train_success, held_out_return, held_out_success, "
    "first_reward_step, first_success_step FROM learners ORDER BY 1, 2",
    "SELECT * FROM curves ORDER BY 1, 2, 3",
    "SELECT * FROM visits ORDER BY 1, 2",
)


def start(folder: Path, tmp_path: Path) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "TMPDIR": str(tmp_path / "temporary")}
    return subprocess.Popen([sys.executable, str(tmp_path / "experiment.py"), str(folder)], env=environment)


def figures(folder: Path) -> list[list[tuple[object, ...]]]:
    """By configuration: the blocks may be finished in another order."""
    base = sqlite3.connect(folder / "runs.sqlite")
    names = dict(base.execute("SELECT id, configuration FROM configurations"))
    rows = [[(names[row[0]], *row[1:]) for row in base.execute(query)] for query in QUERIES]
    base.close()
    return [sorted(each) for each in rows]


def test_kills_at_random_moments_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "temporary").mkdir()
    (tmp_path / "trainer_with_checkpoints.py").write_text(TRAINER)
    (tmp_path / "experiment.py").write_text(EXPERIMENT)
    assert start(tmp_path / "warm", tmp_path).wait() == 0  # compiles
    started = time.monotonic()
    assert start(tmp_path / "whole", tmp_path).wait() == 0
    duration = time.monotonic() - started
    expected = figures(tmp_path / "whole")
    generator, kills, number = random.Random(1), 0, 0
    while kills < KILLS:
        folder, status = tmp_path / f"killed-{number}", None
        while status is None:
            process = start(folder, tmp_path)
            try:
                status = process.wait(generator.uniform(0.3, 1.0) * duration if kills < KILLS else None)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
        assert status == 0
        assert figures(folder) == expected
        assert list((folder / "checkpoints").iterdir()) == []
        number += 1
