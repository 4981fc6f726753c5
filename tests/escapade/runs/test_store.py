"""The store: whole blocks or nothing, resumed to the identical result, configurations apart."""

import os
import signal
import subprocess
import sys
import time

import pytest

from agents.training.results import Block, LearnerResult
from escapade.runs.store import FILE, Store, open_existing
from explore.errors import BadInput

CONFIGURATION = {"maze": "M", "agent": "a", "steps": 10, "seed": 1, "device": "cpu"}


def block(learners, value=0.1):
    results = [
        LearnerResult(
            n, value + n, 1.0, 1 / 3, 0.5, None if n else 7, [(5, 0.1 * n), (10, 1 / 3)], [[n]], 9 if n else None
        )
        for n in learners
    ]
    return Block("M", "a", 10, 2.5, 100.0, results)


def test_what_was_saved_comes_back_bit_for_bit():
    store = Store(None)
    store.save(CONFIGURATION, block([0, 1]))
    assert store.load(CONFIGURATION) == block([0, 1])


def test_configurations_do_not_mix():
    store = Store(None)
    store.save(CONFIGURATION, block([0, 1]))
    other = {**CONFIGURATION, "seed": 2}
    assert store.learners(other) == []
    store.save(other, block([0], value=9.0))
    assert store.load(CONFIGURATION) == block([0, 1])
    assert store.configurations() == [CONFIGURATION, other]


def test_a_block_that_breaks_half_way_leaves_nothing():
    store = Store(None)
    broken = block([0, 1])
    broken.results[1].curve.append((10, None))  # violates NOT NULL after learner 0 was written
    with pytest.raises(Exception, match="NOT NULL"):
        store.save(CONFIGURATION, broken)
    assert store.learners(CONFIGURATION) == []


def test_reopening_finds_it(tmp_path):
    store = Store(tmp_path)
    store.save(CONFIGURATION, block([0]))
    store.remember("mazes", [1, None])
    store.close()
    again = open_existing(tmp_path)
    assert again.learners(CONFIGURATION) == [0]
    assert again.recall("mazes") == [1, None]


def test_a_file_without_the_step_of_the_first_success_goes_on(tmp_path):
    """Files written before traps were there."""
    store = Store(tmp_path)
    store.save(CONFIGURATION, block([0]))
    store._base.execute("ALTER TABLE learners DROP COLUMN first_success_step")
    store._base.commit()
    store.close()
    again = open_existing(tmp_path)
    again.save(CONFIGURATION, block([1]))
    older, newer = again.load(CONFIGURATION).results
    assert (older, newer) == (block([0]).results[0], block([1]).results[0])
    assert (older.first_success_step, newer.first_success_step) == (None, 9)


def test_a_folder_without_results_is_refused_and_left_alone(tmp_path):
    with pytest.raises(BadInput, match="holds no results"):
        open_existing(tmp_path)
    assert list(tmp_path.iterdir()) == []


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_store import CONFIGURATION, block
from escapade.runs.store import Store
store = Store(Path(sys.argv[1]))
print("ready", flush=True)
for number in range(10**6):
    store.save(CONFIGURATION, block([2 * number, 2 * number + 1]))
"""


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.13])
def test_a_kill_at_any_moment_leaves_whole_blocks(tmp_path, delay):
    here = os.path.dirname(__file__)
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), here], stdout=subprocess.PIPE)
    assert writer.stdout.readline() == b"ready\n"
    time.sleep(delay)
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    store = open_existing(tmp_path)
    done = store.learners(CONFIGURATION)
    assert done == list(range(len(done)))
    assert len(done) % 2 == 0
    assert store.load(CONFIGURATION).results == block(done).results
    assert (tmp_path / FILE).exists()
