"""Layouts on disk: read where they are whole and of this version, made again where not."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from agents.mazes.layouts import named_sets, storage
from agents.mazes.layouts.layouts import Layouts
from agents.mazes.layouts.named_sets import layouts
from agents.mazes.maze_spec import MazeSpec

MAZE = "MiniGrid-DoorKey-5x5-v0"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache folder of the test's own, and nothing remembered before or after."""
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda name: str(tmp_path / name))
    named_sets._splits.clear()
    yield tmp_path / "escapade" / "layouts"
    named_sets._splits.clear()


def again(maze: str) -> Layouts:
    """The training layouts as a new process would get them."""
    named_sets._splits.clear()
    return layouts(maze, "train")


def assert_equal(one: Layouts, other: Layouts) -> None:
    for name in (*storage.FACTS, "missions", "why_not", "rules"):
        assert getattr(one, name) == getattr(other, name)
    for mine, theirs in zip(
        (one.seeds, one.mission, *one.worlds), (other.seeds, other.mission, *other.worlds), strict=True
    ):
        np.testing.assert_array_equal(mine, theirs)
        assert mine.dtype == theirs.dtype


def test_layouts_are_made_once_and_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = again(MAZE)
    assert len(list(folder.iterdir())) == 1  # the file alone, no draft beside it
    monkeypatch.setattr(named_sets, "built", None)  # to make them again would fail
    assert_equal(again(MAZE), made)


def test_a_file_of_another_version_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    again(MAZE)
    monkeypatch.setattr(storage, "version", lambda package: "0")
    again(MAZE)
    assert len(list(folder.iterdir())) == 2


def test_a_trap_whose_code_changed_is_made_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap, maze = "escapade/DeepSea-10-v0", "MiniGrid-Empty-5x5-v0"
    again(trap), again(maze)
    monkeypatch.setattr(storage, "sources", lambda: "other code")
    again(trap), again(maze)
    assert len(list(folder.iterdir())) == 3  # MiniGrid's own maze did not change


def test_the_code_of_the_traps_is_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "traps").mkdir()
    monkeypatch.setattr(storage, "__file__", str(tmp_path / "layouts" / "layouts.py"))
    result = []
    for name, text in (("a.py", "1"), ("a.py", "2"), ("b.py", "2")):
        (tmp_path / "traps" / name).write_text(text)
        result.append(storage.sources.__wrapped__())
    assert len(set(result)) == 3


@pytest.mark.parametrize("damage", ["empty", "half", "text", "another maze"])
def test_a_damaged_file_is_made_again(folder: Path, damage: str) -> None:
    made = again(MAZE)
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    if damage == "another maze":
        again("MiniGrid-Empty-Random-5x5-v0")
        whole = next(other for other in folder.iterdir() if other != file).read_bytes()
    file.write_bytes({"empty": b"", "half": whole[: len(whole) // 2], "text": b"no layouts"}.get(damage, whole))
    assert_equal(again(MAZE), made)
    assert storage.read(MazeSpec(MAZE), file) is not None


def test_no_broken_byte_is_believed(folder: Path) -> None:
    """Every byte of the file in turn: it is refused, or what it says is what was kept."""
    again(MAZE)
    (file,) = folder.iterdir()
    whole, kept = file.read_bytes(), storage.read(MazeSpec(MAZE), file)
    assert kept is not None
    refused = 0
    for at in range(0, len(whole), max(1, len(whole) // 400)):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        result = storage.read(MazeSpec(MAZE), file)
        if result is None:
            refused += 1
        else:
            assert_equal(result, kept)
    assert refused > 100


def test_a_folder_that_cannot_be_written_is_no_hindrance(folder: Path) -> None:
    folder.parent.mkdir()
    folder.write_text("a file where the folder would be")
    assert len(again(MAZE)) > 0
