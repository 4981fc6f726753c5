"""Lines at each tenth of a block, as text and as JSON; scalars for TensorBoard."""

import io
import json

import pytest
from rich.console import Console

from escapade.runs.plan import Plan
from escapade.runs.progress import BlockProgress
from escapade.terminal.log import Lines, TensorBoard

PLAN = Plan(("MiniGrid-DoorKey-5x5-v0",), ("epsilon-greedy", "count:beta=0.1"), 3, 1000, 1)
STEPS = [0, 40, 90, 100, 150, 990, 1000]


def written(**options):
    file = io.StringIO()
    with Lines(Console(file=file, width=40, highlight=False, markup=False), PLAN, **options) as lines:
        for step in STEPS:
            value = step / 1000 if step >= 100 else None
            lines.update(BlockProgress(1, step, 1000, value, step // 500))
            lines.update(BlockProgress(1, step, 1000, value, step // 500))  # the files are read twice a second
    return file.getvalue().splitlines()


def test_one_line_per_tenth():
    lines = written()
    assert len(lines) == 4  # at 0, 100, 990 and 1000 steps
    assert lines[0] == "count:beta=0.1 in MiniGrid-DoorKey-5x5-v0: 0 of 1,000 steps, no evaluation yet"
    assert lines[1].startswith("count:beta=0.1 in MiniGrid-DoorKey-5x5-v0: 100 of 1,000 steps, return 0.10, ")
    assert lines[3].endswith("return 1.00, 0 s left")


def test_a_clock_that_is_set_back_changes_no_time_left(monkeypatch):
    """Two hours at each look; the time of day is reported as it is, and durations are not taken from it."""
    day = iter(range(10**6, 0, -7200))
    monkeypatch.setattr("escapade.terminal.log.time.time", lambda: next(day))
    events = [json.loads(line) for line in written(as_json=True)]
    assert [event["time"] for event in events] == [10**6 - 7200 * k for k in range(4)]
    assert events[0]["seconds_left"] is None
    assert all(0 <= event["seconds_left"] < 3600 for event in events[1:])


def test_the_time_left_of_a_resumed_block_is_by_this_sessions_steps(monkeypatch):
    """A worker says that it begins, reads its checkpoint at step 400 for 30 s, and takes 10 steps a second then."""
    clock = iter([0.0, 30.0, 40.0])
    monkeypatch.setattr("escapade.terminal.log.time.monotonic", lambda: next(clock))
    file = io.StringIO()
    with Lines(Console(file=file, width=40, highlight=False, markup=False), PLAN, as_json=True) as lines:
        for step, began in ((0, 0), (400, 400), (500, 400)):
            lines.update(BlockProgress(0, step, 1000, None, 0, began))
    left = [json.loads(line)["seconds_left"] for line in file.getvalue().splitlines()]
    assert left == [None, None, 50.0]


def test_every_line_is_json():
    events = [json.loads(line) for line in written(as_json=True)]
    assert [event["step"] for event in events] == [0, 100, 990, 1000]
    assert [event["return"] for event in events] == [None, 0.1, 0.99, 1.0]
    assert [event["learners_rewarded"] for event in events] == [0, 0, 1, 2]
    assert {event["agent"] for event in events} == {"count:beta=0.1"}
    assert events[0]["seconds_left"] is None
    assert events[-1]["seconds_left"] == 0


def test_tensorboard_has_every_step_once(tmp_path):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    with TensorBoard(tmp_path, PLAN) as board:
        for step in [*STEPS, 1000]:
            board.update(BlockProgress(1, step, 1000, step / 1000 if step >= 100 else None, step // 500))
    read = accumulator.EventAccumulator(str(tmp_path / "MiniGrid-DoorKey-5x5-v0" / "count-beta=0.1"))
    read.Reload()
    assert [event.step for event in read.Scalars("return")] == [100, 150, 990, 1000]
    assert [event.value for event in read.Scalars("learners_rewarded")] == [0, 0, 0, 0, 1, 2]
