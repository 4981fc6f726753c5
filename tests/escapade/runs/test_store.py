"""The store: whole blocks or nothing, resumed to the identical result, configurations apart."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from agents.training.results import Block, LearnerResult
from escapade.runs import session
from escapade.runs.database import FILE
from escapade.runs.store import Store, open_existing
from explore.errors import BadInput

CONFIGURATION = {"maze": "M", "agent": "a", "steps": 10, "seed": 1, "device": "cpu", "settings": {"dqn": {"n_step": 3}}}


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


EARLY = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE configurations (id INTEGER PRIMARY KEY, configuration TEXT NOT NULL UNIQUE, versions TEXT NOT NULL);
CREATE TABLE learners (
    configuration INTEGER NOT NULL, learner INTEGER NOT NULL, train_return REAL, train_success REAL,
    held_out_return REAL, held_out_success REAL, first_reward_step INTEGER, seconds REAL, steps_per_second REAL);
CREATE TABLE curves (configuration INTEGER, learner INTEGER, step INTEGER, value REAL);
CREATE TABLE visits (configuration INTEGER, learner INTEGER, counts TEXT);
INSERT INTO meta VALUES ('mazes', '[7]');
INSERT INTO configurations VALUES (1, '{"agent": "a", "maze": "M", "steps": 10}', '{}');
INSERT INTO learners VALUES (1, 4, 0.5, 1, NULL, NULL, 7, 2.5, 100.0);
INSERT INTO curves VALUES (1, 4, 5, 0.25);
"""


def test_a_file_of_an_early_version_is_read_but_not_added_to(tmp_path):
    """It holds neither sessions nor resolved settings, and at first not the step of the first success."""
    base = sqlite3.connect(tmp_path / FILE)
    base.executescript(EARLY)
    base.close()
    store = open_existing(tmp_path)
    assert store.recall("mazes") == [7]
    assert store.sessions() == []
    (configuration,) = store.configurations()
    assert store.load(configuration).results == [LearnerResult(4, 0.5, 1, None, None, 7, [(5, 0.25)], [], None)]
    store.close()
    with pytest.raises(BadInput, match="earlier version, which did not keep the resolved settings"):
        Store(tmp_path)
    assert open_existing(tmp_path).recall("mazes") == [7]


def test_a_file_of_a_newer_version_is_refused_in_one_sentence(tmp_path):
    Store(tmp_path).close()
    base = sqlite3.connect(tmp_path / FILE)
    base.execute("PRAGMA user_version = 99")
    base.close()
    for opened in (Store, open_existing):
        with pytest.raises(BadInput, match=r"newer version of escapade \(format 99.*update escapade"):
            opened(tmp_path)


def test_another_setting_of_the_same_agent_is_refused_with_what_differs(tmp_path):
    store = Store(tmp_path)
    store.save(CONFIGURATION, block([0]))
    store.check([CONFIGURATION, {**CONFIGURATION, "agent": "b", "settings": {"dqn": {"n_step": 5}}}])
    with pytest.raises(BadInput, match=r"'a' in M trained with other settings: dqn.n_step is 3 there and 5 here;"):
        store.check([{**CONFIGURATION, "settings": {"dqn": {"n_step": 5}}}])


def test_every_learner_has_the_versions_that_it_was_trained_with(tmp_path, monkeypatch):
    """Learners that are added after an upgrade are told from those before it."""
    for number in (0, 1):
        monkeypatch.setattr(session, "versions", lambda number=number: {"torch": f"2.{number}"})
        store = Store(tmp_path)
        store.begin({"mazes": number})
        store.save(CONFIGURATION, block([number]))
        store.close()
    store = open_existing(tmp_path)
    assert store.versions(CONFIGURATION) == {0: {"torch": "2.0"}, 1: {"torch": "2.1"}}
    assert [each["experiment"] for each in store.sessions()] == [{"mazes": 0}, {"mazes": 1}]
    assert json.loads((tmp_path / session.FILE).read_text()) == store.sessions()[-1]


def test_a_second_writer_reads_who_holds_the_folder(tmp_path):
    store = Store(tmp_path)
    with pytest.raises(BadInput, match=rf"in use by process {os.getpid()} on .* since \d\d:\d\d"):
        Store(tmp_path)
    reader = open_existing(tmp_path)  # who only reads does not wait
    assert reader.configurations() == []
    store.close()
    Store(tmp_path).close()


DAMAGED = r"damaged runs.sqlite \(.*\): put a copy of it in its place, or name another folder"


def test_a_corrupt_page_is_one_sentence(tmp_path):
    """In the middle of the file, where opening it reads nothing yet."""
    store = Store(tmp_path)
    for number in range(300):
        store.save(CONFIGURATION, block([number]))
    store.close()
    path = tmp_path / FILE
    pages = bytearray(path.read_bytes())
    pages[14 * 4096 :] = b"\xff" * (len(pages) - 14 * 4096)
    path.write_bytes(pages)
    with pytest.raises(BadInput, match=DAMAGED):
        open_existing(tmp_path).load(CONFIGURATION)


def test_broken_json_is_one_sentence(tmp_path):
    store = Store(tmp_path)
    store.remember("mazes", [1])
    store._base.execute("UPDATE meta SET value = '[1'")
    store._base.commit()
    store.close()
    with pytest.raises(BadInput, match=DAMAGED):
        open_existing(tmp_path).recall("mazes")


def test_a_file_that_is_no_database_is_one_sentence(tmp_path):
    (tmp_path / FILE).write_text("no database " * 1000)
    for opened in (Store, open_existing):
        with pytest.raises(BadInput, match=DAMAGED):
            opened(tmp_path)


def read_unprivileged(folder: Path) -> str:
    """What a process reads that may not write to `folder`: root may write everywhere, so that it has to be nobody."""
    outlet, inlet = os.pipe()
    if os.fork() == 0:
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            store = open_existing(folder)
            (configuration,) = store.configurations()
            os.write(inlet, f"{store.learners(configuration)} {store.recall('mazes')}".encode())
            store.close()
        except BaseException as error:
            os.write(inlet, repr(error).encode())
        finally:
            os._exit(0)
    os.close(inlet)
    with os.fdopen(outlet) as file:
        text = file.read()
    os.wait()
    return text


@pytest.mark.skipif(os.name != "posix", reason="permissions as on POSIX")
@pytest.mark.parametrize("log", [False, True])
def test_a_folder_that_cannot_be_written_to_is_read(log):
    """Archived results, also with a write-ahead log that a killed writer left behind."""
    folder = Path(tempfile.mkdtemp(prefix="escapade-test-"))  # pytest's own is closed to others
    try:
        store = Store(folder)
        store.save(CONFIGURATION, block([0, 1]))
        store.remember("mazes", [3])
        files = {path: path.read_bytes() for path in folder.glob(f"{FILE}*") if log and "shm" not in path.name}
        store.close()
        assert len(files) == (2 if log else 0)
        for path, data in files.items():
            path.write_bytes(data)
        for path in folder.iterdir():
            path.chmod(0o444)
        folder.chmod(0o555)
        before = sorted(path.name for path in folder.iterdir())
        assert read_unprivileged(folder) == "[0, 1] [3]"
        assert sorted(path.name for path in folder.iterdir()) == before
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


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

LIMITED = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
"""


@pytest.mark.skipif(os.name != "posix", reason="limits as on POSIX")
def test_a_limit_of_file_size_is_one_sentence_and_keeps_what_was_kept(tmp_path):
    """As a full disk: the block that does not fit is missing, those before it are there."""
    here = os.path.dirname(__file__)
    done = subprocess.run([sys.executable, "-c", LIMITED + WRITER, str(tmp_path), here], capture_output=True, text=True)
    assert "results cannot be stored in" in done.stderr.splitlines()[-1]
    assert "make room or name another folder" in done.stderr.splitlines()[-1]
    store = open_existing(tmp_path)
    kept = store.learners(CONFIGURATION)
    assert len(kept) >= 2
    assert len(kept) % 2 == 0
    assert store.load(CONFIGURATION).results == block(kept).results


def test_a_folder_without_results_is_refused_and_left_alone(tmp_path):
    with pytest.raises(BadInput, match="holds no results"):
        open_existing(tmp_path)
    assert list(tmp_path.iterdir()) == []


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
