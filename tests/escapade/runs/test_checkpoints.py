"""Checkpoints: the newest whole one, apart by block, known to be damaged, and too rare to cost much."""

import os

import pytest
import torch

from escapade.runs import checkpoints as module
from escapade.runs.checkpoints import FOLDER, INTERVAL, SHARE, Checkpoints

CONFIGURATION = {"maze": "M", "agent": "a", "steps": 10}


def state(value: float) -> dict[str, object]:
    return {"network": {"w": torch.full((2, 3), value)}, "curve": [[5, value]], "first": [None, 7]}


def test_the_newest_state_comes_back_and_older_ones_are_removed(tmp_path) -> None:
    kept = Checkpoints(tmp_path, CONFIGURATION, [0, 1])
    assert kept.load() is None
    for step in (8, 16, 1000):
        kept.save(step, state(step))
    loaded = Checkpoints(tmp_path, CONFIGURATION, [0, 1]).load()
    assert loaded is not None
    assert torch.equal(loaded["network"]["w"], torch.full((2, 3), 1000.0))
    assert (loaded["curve"], loaded["first"]) == ([[5, 1000]], [None, 7])
    assert len(list((tmp_path / FOLDER).iterdir())) == 1


def test_the_last_state_stays_until_a_longer_training_of_the_same_learners_has_one(tmp_path) -> None:
    shorter = Checkpoints(tmp_path, CONFIGURATION, [0, 1])
    shorter.save(10, state(10))
    (tmp_path / FOLDER / f"{next((tmp_path / FOLDER).iterdir()).stem}.draft").touch()  # left behind by a kill
    shorter.finish()
    (kept,) = (tmp_path / FOLDER).iterdir()
    assert kept.suffix == ".pt"
    longer = Checkpoints(tmp_path, {**CONFIGURATION, "steps": 20}, [0, 1], CONFIGURATION)
    for saved in (10, 16):  # the second is its own
        loaded = longer.load()
        assert loaded is not None
        assert loaded["curve"] == [[5, saved]]
        longer.save(16, state(16))
    longer.finish()
    assert shorter.load() is None
    assert longer.load() is not None


def test_what_repeats_takes_little_room(tmp_path) -> None:
    Checkpoints(tmp_path, CONFIGURATION, [0]).save(8, {"replay": torch.arange(7, dtype=torch.uint8).repeat(100_000)})
    (file,) = (tmp_path / FOLDER).iterdir()
    assert file.stat().st_size < 700_000 / 16


def test_the_step_decides_and_not_the_clock(tmp_path, monkeypatch) -> None:
    """Two are left where a kill came before the removal; a clock was set back meanwhile."""
    kept = Checkpoints(tmp_path, CONFIGURATION, [0])
    kept.save(16, state(16))
    (newer,) = (tmp_path / FOLDER).iterdir()
    content = newer.read_bytes()
    kept.save(9, state(9))
    newer.write_bytes(content)
    os.utime(newer, (0, 0))
    loaded = kept.load()
    assert loaded is not None
    assert loaded["curve"] == [[5, 16]]


def test_blocks_do_not_mix(tmp_path) -> None:
    Checkpoints(tmp_path, CONFIGURATION, [0, 1]).save(8, state(1))
    for configuration, learners in ((CONFIGURATION, [0]), ({**CONFIGURATION, "steps": 20}, [0, 1])):
        assert Checkpoints(tmp_path, configuration, learners).load() is None


@pytest.mark.parametrize("damage", [lambda c: c[:-9], lambda c: c[:200] + b"?" + c[201:], lambda c: b""])
def test_a_damaged_one_is_told_by_its_digest_and_the_older_whole_one_counts(damage, tmp_path) -> None:
    kept = Checkpoints(tmp_path, CONFIGURATION, [0])
    kept.save(8, state(8))
    (older,) = (tmp_path / FOLDER).iterdir()
    content = older.read_bytes()
    kept.save(16, state(16))
    (newer,) = (tmp_path / FOLDER).iterdir()
    older.write_bytes(content)
    newer.write_bytes(damage(newer.read_bytes()))
    loaded = kept.load()
    assert loaded is not None
    assert loaded["curve"] == [[5, 8]]
    (note,) = kept.notes
    assert note.startswith(f"the checkpoint '{newer}' is damaged (its content is not what was written): a in M goes on")
    assert not newer.exists()


class Nasty:
    """What a file from elsewhere might try."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self):
        return (open, (self.path, "w"))


def test_a_hostile_file_runs_nothing(tmp_path) -> None:
    kept = Checkpoints(tmp_path, CONFIGURATION, [0])
    kept.save(8, {"network": Nasty(str(tmp_path / "harm"))})
    assert kept.load() is None
    assert not (tmp_path / "harm").exists()
    assert "is damaged" in kept.notes[0]


def test_a_place_that_cannot_be_written_is_a_note_and_training_goes_on(tmp_path) -> None:
    (tmp_path / FOLDER).write_text("a file in the way")
    kept = Checkpoints(tmp_path, CONFIGURATION, [0])
    for step in (8, 16):
        kept.save(step, state(1))
    (note,) = kept.notes
    assert note.startswith("no checkpoint of a in M could be kept in")


def test_the_cost_is_a_small_share_of_the_time(tmp_path, monkeypatch) -> None:
    """By a clock of the test: saving takes 4 s, then 0.1 s."""
    now = [0.0]
    cost = [4.0]
    original = torch.save

    def save(*arguments: object) -> None:
        now[0] += cost[0]
        original(*arguments)

    monkeypatch.setattr(module.torch, "save", save)
    kept = Checkpoints(tmp_path, CONFIGURATION, [0], clock=lambda: now[0])
    now[0] = INTERVAL - 0.1
    assert not kept.due()
    now[0] = INTERVAL
    assert kept.due()
    kept.save(8, state(1))
    now[0] = INTERVAL + 4 + SHARE * 4 - 0.1
    assert not kept.due()
    now[0] += 0.2
    assert kept.due()
    cost[0] = 0.1
    kept.save(16, state(1))
    now[0] += INTERVAL - 0.1
    assert not kept.due()
    now[0] += 0.2
    assert kept.due()
    assert 4 / (4 + SHARE * 4) < 0.05
