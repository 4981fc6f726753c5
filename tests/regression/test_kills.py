"""SIGKILL at random moments of a small experiment, started again each time: the figures of an uninterrupted one.

A restart costs the start of Python and of PyTorch, many times the experiment. Here one process has both behind it and
forks one process per start, which trains, writes checkpoints and writes the store: the signal ends all of it at once.
`tests/escapade/runs/test_sweep.py` has the workers of a killed parent.
"""

import os
import random
import select
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agents.training.results import Block, LearnerResult
from escapade.runs.store import Store, open_existing

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are forked")
KILLS = 20
INTERVAL = 40  # environment steps between two checkpoints, in the place of seconds: five vector steps

# The program's training, with short evaluations and a log: one line per start of a block, per step and per end.
TRAINER = f"""
import os
from agents.training import training

training.CURVE_EPISODES, training.FINAL_EPISODES = 2, 4


class Counted:
    def __init__(self, checkpoints):
        self.checkpoints, self.calls = checkpoints, 0
        self.save, self.load = checkpoints.save, checkpoints.load

    def due(self):
        self.calls += 1
        return self.calls % {INTERVAL // 8} == 0


def train(maze, agent, *, progress, checkpoints, **rest):
    log = os.open(os.environ["STEPS"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(log, f"{{agent}} start\\n".encode())

    def note(now):
        os.write(log, f"{{agent}} {{now.step}}\\n".encode())
        progress(now)

    block = training.train(maze, agent, progress=note, checkpoints=Counted(checkpoints), **rest)
    os.write(log, f"{{agent}} end\\n".encode())
    return block
"""
STARTER = """
import os, sys
from pathlib import Path
import torch
torch.set_num_threads(1)  # a forked process has none of the threads of its parent
from agents.dqn.settings import DQNSettings
from agents.training.training import train
from escapade.runs import sweep as module
from escapade.runs.plan import Plan
from escapade.runs.store import Store

module.TRAIN = "trainer_with_log:train"
SETTINGS = DQNSettings(batch=16, warmup=100)
AGENTS = ("epsilon-greedy", "count")
PLAN = Plan(("MiniGrid-Empty-5x5-v0",), AGENTS, 2, 2000, 3, dqn=SETTINGS)
for agent in AGENTS:
    train(PLAN.mazes[0], agent, learners=[0, 1], steps=200, seed=0, settings=SETTINGS)  # loads the compiled code
print("ready", flush=True)
for line in sys.stdin:
    if (process := os.fork()) == 0:
        os.environ["STEPS"] = line.strip() + ".steps"
        store = Store(Path(line.strip()))
        swept = module.sweep(PLAN, store, backend="sequential")
        store.close()
        sys.stderr.write("".join(map(str, [*swept.failures, *swept.notes])))
        os._exit(len(swept.failures) + len(swept.notes))
    print(process, flush=True)
    print(os.waitpid(process, 0)[1], flush=True)
"""
QUERIES = (
    "SELECT configuration, learner, train_return, train_success, held_out_return, held_out_success, "
    "first_reward_step, first_success_step FROM learners ORDER BY 1, 2",
    "SELECT * FROM curves ORDER BY 1, 2, 3",
    "SELECT * FROM visits ORDER BY 1, 2",
)


class Starter:
    """The process that forks one for each start."""

    def __init__(self, folder: Path) -> None:
        (folder / "trainer_with_log.py").write_text(TRAINER)
        (folder / "starter.py").write_text(STARTER)
        self._process = subprocess.Popen(
            [sys.executable, str(folder / "starter.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(folder), "NUMBA_NUM_THREADS": "1"},
        )
        assert self._line() == "ready"

    def run(self, folder: Path, kill_after: float | None = None) -> int:
        """The status of a process that works on `folder` and is killed after so many seconds."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{folder}\n".encode())
        self._process.stdin.flush()
        number = int(self._line())
        if not select.select([self._process.stdout], [], [], kill_after)[0]:
            os.kill(number, signal.SIGKILL)
        return int(self._line())

    def end(self) -> None:
        self._process.kill()
        self._process.wait()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().decode().strip()


def figures(folder: Path) -> list[list[tuple[object, ...]]]:
    base = sqlite3.connect(folder / "runs.sqlite")
    names = dict(base.execute("SELECT id, configuration FROM configurations"))
    rows = [[(names[row[0]], *row[1:]) for row in base.execute(query)] for query in QUERIES]
    base.close()
    return rows


def starts(folder: Path) -> list[tuple[int, int]]:
    """Of every start of a block that was begun before, the step where it was killed and the first one afterwards."""
    reached: dict[str, int] = {}
    pairs: list[tuple[int, int]] = []
    begun: set[str] = set()
    for line in folder.with_suffix(".steps").read_text().splitlines():
        agent, event = line.rsplit(" ", 1)
        if event == "start":
            begun.add(agent)
        elif event != "end":
            if agent in begun and agent in reached:
                pairs.append((reached[agent], int(event)))
            begun.discard(agent)
            reached[agent] = int(event)
    return pairs


def test_kills_at_random_moments_change_nothing_and_lose_one_interval_at_most(tmp_path: Path) -> None:
    starter = Starter(tmp_path)
    try:
        began = time.monotonic()
        assert starter.run(tmp_path / "whole") == 0
        duration = time.monotonic() - began
        expected = figures(tmp_path / "whole")
        assert [len(rows) for rows in expected] == [4, 80, 4]
        generator, kills, restarts = random.Random(1), 0, 0
        while kills < KILLS:
            folder = tmp_path / f"killed-{kills}"
            while True:
                moment = generator.uniform(0.0, 0.5) * duration if kills < KILLS else None
                status = starter.run(folder, moment)
                if status == 0:
                    break
                assert status == signal.SIGKILL
                kills += 1
            assert figures(folder) == expected
            assert len(list((folder / "checkpoints").iterdir())) == 2  # the last state of each block
            for killed, first in starts(folder):
                restarts += 1
                # The step after the checkpoint is the first one; the checkpoint is at most one interval old.
                assert killed + 8 - INTERVAL <= first <= killed + 8
        assert restarts >= KILLS // 2  # the others came before the first step of a block, or after its last
    finally:
        starter.end()


def killed_at_statement(folder: Path, number: int, block: Block) -> int:
    """The status of a process that saves the block and is killed as it begins this SQL statement of the saving."""
    process = os.fork()
    if process == 0:
        left = number
        store = Store(folder)
        store.begin({})

        def count(_: str) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        store._base.set_trace_callback(count)
        store.save(CONFIGURATION, block)
        os._exit(0)
    return os.waitpid(process, 0)[1]


CONFIGURATION = {"maze": "M", "agent": "count", "steps": 30, "seed": 1, "device": "cpu", "settings": {}}


def test_a_kill_at_any_statement_of_a_save_leaves_a_whole_block_or_none_of_it(tmp_path: Path) -> None:
    """Also curves and visits: what another transaction had written would stay behind."""
    results = [LearnerResult(n, 0.5 + n, 1.0, None, None, 9, [(10, 0.1), (20, 0.2 + n)], [[n, 3]]) for n in range(3)]
    block, number, kills = Block("M", "count", 30, 1.0, 90.0, results), 0, 0
    while True:
        number += 1
        folder = tmp_path / str(number)
        status = killed_at_statement(folder, number, block)
        store = open_existing(folder)
        rows = [store._base.execute(f"SELECT * FROM {table}").fetchall() for table in ("learners", "curves", "visits")]
        if status == 0:
            assert [len(part) for part in rows] == [3, 6, 3]
            assert store.load(CONFIGURATION).results == results
            store.close()
            break
        store.close()
        assert status == signal.SIGKILL
        assert rows == [[], [], []]
        kills += 1
    assert kills > 3 * 4  # a statement for each learner's scores, points and visits at least
