"""Layouts: two sets that never meet, the same for every slot that asks."""

import collections
from collections.abc import Iterator
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest

import agents.mazes.layouts.layouts as source
from agents.mazes import make
from agents.mazes.layouts.layouts import HELD_OUT_SHARE, PER_LAYOUT, Layouts, layout_index, layouts
from explore.errors import BadInput

MAZE = "MiniGrid-DoorKey-5x5-v0"


def grids(name: str) -> set[bytes]:
    env = gym.make(MAZE).unwrapped
    seen = set()
    for seed in layouts(MAZE, name).seeds.tolist():
        env.reset(seed=seed)
        seen.add(env.grid.encode().tobytes() + bytes([*map(int, env.agent_pos), env.agent_dir]))
    return seen


def test_training_and_held_out_layouts_never_meet_and_none_is_there_twice() -> None:
    train, held_out = grids("train"), grids("held-out")
    assert not train & held_out
    assert len(train) == len(layouts(MAZE, "train"))
    assert len(held_out) == len(layouts(MAZE, "held-out"))
    # A wall in one column, three doors in it; the agent and the key left of it: every one of the 48 is found.
    assert len(held_out) == (len(train) + len(held_out)) // HELD_OUT_SHARE


def test_a_maze_with_one_layout_has_none_to_hold_out() -> None:
    assert len(layouts("MiniGrid-Empty-5x5-v0", "train")) == 1
    with pytest.raises(BadInput, match="no held-out layouts: there are only 1"):
        layouts("MiniGrid-Empty-5x5-v0", "held-out")


def test_a_slot_visits_all_layouts_about_equally_often() -> None:
    counted = collections.Counter(layout_index(7, episode, 10) for episode in range(10_000))
    assert set(counted) == set(range(10))
    # χ² with 9 degrees of freedom: above 27.9 once in a thousand.
    assert sum((count - 1000) ** 2 / 1000 for count in counted.values()) < 27.9


def test_slots_are_independent() -> None:
    pairs = {(layout_index(seed, 0, 5), layout_index(seed + 1, 0, 5)) for seed in range(500)}
    assert len(pairs) == 25


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"maze": "MiniGrid-DoorKey-5x5-v1"}, "unknown maze 'MiniGrid-DoorKey-5x5-v1': did you mean"),
        ({"maze": "CartPole-v1"}, "not a MiniGrid maze"),
        ({"num_envs": 0}, "at least 1"),
        ({"layouts": "heldout"}, "did you mean 'held-out'?"),
        ({"seed": [1, 2]}, "2 seeds for 3 environments"),
    ],
)
def test_bad_input(change: dict[str, object], said: str) -> None:
    given: dict[str, object] = {"maze": MAZE, "num_envs": 3, **change}
    with pytest.raises(BadInput) as refused:
        make(**given)
    assert said in str(refused.value)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache folder of the test's own, and nothing remembered before or after."""
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda name: str(tmp_path / name))
    source.split.cache_clear()
    yield tmp_path / "escapade" / "layouts"
    source.split.cache_clear()


def again(maze: str) -> Layouts:
    """The training layouts as a new process would get them."""
    source.split.cache_clear()
    return layouts(maze, "train")


def assert_equal(one: Layouts, other: Layouts) -> None:
    for name in (*PER_LAYOUT, *source.FACTS, "missions", "why_not"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert all(getattr(one, name).dtype == getattr(other, name).dtype for name in PER_LAYOUT)


def test_layouts_are_made_once_and_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = again(MAZE)
    assert len(list(folder.iterdir())) == 1  # the file alone, no draft beside it
    monkeypatch.setattr(source, "made_from", None)  # to make them again would fail
    assert_equal(again(MAZE), made)


def test_a_file_of_another_version_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    again(MAZE)
    monkeypatch.setattr(source, "version", lambda package: "0")
    again(MAZE)
    assert len(list(folder.iterdir())) == 2


def test_a_trap_whose_code_changed_is_made_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap, maze = "escapade/DeepSea-10-v0", "MiniGrid-Empty-5x5-v0"
    again(trap), again(maze)
    monkeypatch.setattr(source, "_sources", lambda: "other code")
    again(trap), again(maze)
    assert len(list(folder.iterdir())) == 3  # MiniGrid's own maze did not change


def test_the_code_of_the_traps_is_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "traps").mkdir()
    monkeypatch.setattr(source, "__file__", str(tmp_path / "layouts" / "layouts.py"))
    found = []
    for name, text in (("a.py", "1"), ("a.py", "2"), ("b.py", "2")):
        (tmp_path / "traps" / name).write_text(text)
        found.append(source._sources.__wrapped__())
    assert len(set(found)) == 3


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
    assert source._read(MAZE, file) is not None


def test_no_broken_byte_is_believed(folder: Path) -> None:
    """Every byte of the file in turn: it is refused, or what it says is what was kept."""
    again(MAZE)
    (file,) = folder.iterdir()
    whole, kept = file.read_bytes(), source._read(MAZE, file)
    assert kept is not None
    refused = 0
    for at in range(0, len(whole), max(1, len(whole) // 400)):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        found = source._read(MAZE, file)
        if found is None:
            refused += 1
        else:
            assert_equal(found, kept)
    assert refused > 100


def test_a_folder_that_cannot_be_written_is_no_hindrance(folder: Path) -> None:
    folder.parent.mkdir()
    folder.write_text("a file where the folder would be")
    assert len(again(MAZE)) > 0
