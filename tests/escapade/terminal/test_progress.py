"""The live display: the time left, by the speed of this session."""

import io

import pytest
from rich.console import Console

from escapade.runs.plan import Plan
from escapade.runs.progress import BlockProgress
from escapade.terminal.progress import Live

PLAN = Plan(("MiniGrid-DoorKey-5x5-v0",), ("count",), 3, 1000, 1)


def test_the_time_left_of_a_resumed_block_is_by_this_sessions_steps() -> None:
    """A worker says that it begins, reads its checkpoint at step 400 for 5 s, and takes 10 steps a second then."""
    live = Live(Console(file=io.StringIO(), force_terminal=True), PLAN)
    clock = 0.0
    live._progress.get_time = lambda: clock
    with live:
        live.update(BlockProgress(0, 0, 1000, None, 0))
        for tick in range(6):
            clock = 5.0 + tick
            live.update(BlockProgress(0, 400 + 10 * (tick + 1), 1000, None, 0, 400))
        (task,) = live._progress.tasks
        remaining = task.time_remaining
    assert task.completed == 460
    assert remaining == pytest.approx((1000 - 460) / 10, abs=1.0)
