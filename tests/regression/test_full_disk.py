"""A full disk, a limit of file sizes, a folder without permission: one sentence, a status, and what was kept stays."""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from agents.training import training
from escapade.cli import invoke
from escapade.runs.store import open_existing
from escapade.runs.sweep import sweep
from escapade.terminal import progress

pytestmark = pytest.mark.skipif(os.name != "posix", reason="disks, limits and permissions as on POSIX")
MAZE, SIZE = "MiniGrid-Empty-5x5-v0", 1_000_000


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Training in this process, with short evaluations."""
    monkeypatch.setattr(training, "CURVE_EPISODES", 1)
    monkeypatch.setattr(training, "FINAL_EPISODES", 2)
    monkeypatch.setattr(progress, "sweep", lambda *a, backend, **k: sweep(*a, backend="sequential", **k))
    monkeypatch.setattr("joblib.cpu_count", lambda: 1)


def mazes(folder: Path, *more: str, hidden: str = "8") -> int:
    small = ["--set", f"hidden={hidden}", "--set", "batch=4", "--learners", "1", "--steps", "160"]
    return invoke(["mazes", "--maze", MAZE, *small, "--out", str(folder), *more])


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    line = [str(mount), "-t", "tmpfs", "-o", f"size={SIZE}", "none", str(folder)]
    if mount is None or subprocess.run(line, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, left: int) -> None:
    free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
    (folder / "others").write_bytes(b"x" * (free - left))


def sentences(text: str) -> list[str]:
    assert "Traceback" not in text
    return [line for line in text.splitlines() if line.startswith("escapade: ")]


def test_results_are_kept_where_weights_and_checkpoints_have_no_room(small_disk, capfd) -> None:
    fill(small_disk, 250_000)
    assert mazes(small_disk / "runs", "--agent", "greedy", hidden="64,64") == 1
    said = sentences(capfd.readouterr().err)
    assert any("no checkpoint of greedy in" in line for line in said)
    assert any("weights of 'greedy'" in line and "make room" in line for line in said)
    store = open_existing(small_disk / "runs")
    assert store.learners(store.configurations()[0]) == [0]


def test_a_disk_that_becomes_full_keeps_what_was_kept(small_disk, capfd) -> None:
    folder = small_disk / "runs"
    assert mazes(folder, "--agent", "greedy") == 0
    before = open_existing(folder)
    kept = before.load(before.configurations()[0])
    before.close()
    fill(small_disk, 0)
    assert mazes(folder, "--agent", "greedy", "--agent", "epsilon-greedy") == 2
    (said,) = sentences(capfd.readouterr().err)
    assert "results cannot be stored in" in said
    assert "make room or name another folder" in said
    after = open_existing(folder)
    assert after.load(after.configurations()[0]) == kept
    after.close()
    (small_disk / "others").unlink()
    assert mazes(folder, "--agent", "greedy", "--agent", "epsilon-greedy") == 0


def test_figures_that_find_no_room_are_one_sentence(small_disk, tmp_path, capfd, monkeypatch) -> None:
    """The file could be opened before the work began."""
    file = small_disk / "figures.json"
    show = progress.swept

    def swept(*arguments, **named):
        fill(small_disk, 0)
        return show(*arguments, **named)

    monkeypatch.setattr(progress, "swept", swept)
    assert mazes(tmp_path / "runs", "--agent", "greedy", "--json", str(file)) == 2
    (said,) = sentences(capfd.readouterr().err)
    assert f"--json '{file}' cannot be written: No space left on device" in said


def in_child(action: Callable[[], int]) -> tuple[int, str]:
    """The status and the messages of a process that may lose its rights."""
    outlet, inlet = os.pipe()
    if (process := os.fork()) == 0:
        os.dup2(inlet, 2)
        sys.stderr = os.fdopen(2, "w", closefd=False)
        status = 99
        try:
            status = action()
        finally:
            sys.stderr.flush()
            os._exit(status)
    os.close(inlet)
    with os.fdopen(outlet) as file:
        text = file.read()
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), text


def unprivileged(action: Callable[[], int]) -> int:
    if os.geteuid() == 0:
        os.setuid(65534)  # root may write everywhere
    return action()


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """A folder that everyone may enter and nobody may write to; pytest's own is closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="escapade-test-"))
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_folder_without_permission_is_one_sentence_before_any_work(closed_folder, monkeypatch) -> None:
    monkeypatch.setattr(progress, "swept", lambda *_, **__: pytest.fail("began to work"))
    for folder in (closed_folder, closed_folder / "new"):
        status, text = in_child(partial(unprivileged, partial(mazes, folder, "--agent", "greedy")))
        assert status == 2
        (said,) = sentences(text)
        assert f"results cannot be stored in '{folder}': " in said


def test_results_in_a_folder_without_permission_are_reported_and_left_alone(closed_folder) -> None:
    closed_folder.chmod(0o755)
    assert mazes(closed_folder, "--agent", "greedy") == 0
    for path in (*closed_folder.rglob("*"), closed_folder):
        path.chmod(0o555 if path.is_dir() else 0o444)
    assert in_child(partial(unprivileged, partial(invoke, ["report", str(closed_folder)])))[0] == 0
    status, text = in_child(partial(unprivileged, partial(mazes, closed_folder, "--agent", "greedy")))
    assert status == 2
    (said,) = sentences(text)
    assert "results cannot be stored in" in said


def test_a_limit_of_file_sizes_is_one_sentence_and_the_results_stay(tmp_path) -> None:
    """Weights and checkpoints are larger than the limit, the database of one learner is not."""

    def limited() -> int:
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))
        return mazes(tmp_path, "--agent", "greedy", hidden="64,64")

    status, text = in_child(limited)
    assert status == 1
    said = sentences(text)
    assert any("no checkpoint of greedy in" in line for line in said)
    assert any("weights of 'greedy'" in line for line in said)
    store = open_existing(tmp_path)
    assert store.learners(store.configurations()[0]) == [0]
