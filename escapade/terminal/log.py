"""Progress as lines: plain ones where nobody watches a screen, JSON for machines, and scalars for TensorBoard.

All have the interface of `progress.Live`: a context manager with `update`. Lines go to standard error, one per block at
each tenth of its steps.
"""

import json
import re
import time
from pathlib import Path
from typing import Any, Self

from rich.console import Console

from escapade.runs.plan import Plan
from escapade.runs.progress import BlockProgress

TENTHS = 10


class Lines:
    """One line per block and tenth of its steps, plain or, with `as_json`, a JSON object.

    The keys of the object: event ("progress"), time (seconds since 1970), maze, agent, step, steps, return (the mean
    evaluated return, null before the first evaluation), learners, learners_rewarded, seconds_left (null when unknown).
    """

    def __init__(self, console: Console, plan: Plan, *, as_json: bool = False) -> None:
        self._console, self._as_json, self._learners = console, as_json, plan.learners
        self._blocks = plan.configurations()
        self._tenths = [-1] * len(self._blocks)
        self._begun: dict[int, tuple[int, float, int]] = {}  # block: where its worker began; when and where first seen

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def update(self, progress: BlockProgress) -> None:
        """Write a line where the block has come to the next tenth of its steps."""
        now = time.monotonic()  # unlike the time of day, it never goes backwards
        if self._begun.get(progress.block, (-1,))[0] != progress.began:
            self._begun[progress.block] = (progress.began, now, progress.step)
        _, first_seen, first = self._begun[progress.block]
        tenth = progress.step * TENTHS // progress.steps
        if tenth == self._tenths[progress.block]:
            return
        self._tenths[progress.block] = tenth
        done = progress.step - first
        left = (now - first_seen) / done * (progress.steps - progress.step) if done else None
        block = self._blocks[progress.block]
        if self._as_json:
            event = {
                "event": "progress",
                "time": round(time.time(), 3),
                "maze": block["maze"],
                "agent": block["agent"],
                "step": progress.step,
                "steps": progress.steps,
                "return": progress.value,
                "learners": self._learners,
                "learners_rewarded": progress.rewarded,
                "seconds_left": None if left is None else round(left, 1),
            }
            self._write(json.dumps(event, ensure_ascii=False))
            return
        value = "no evaluation yet" if progress.value is None else f"return {progress.value:.2f}"
        remaining = "" if left is None else f", {left:,.0f} s left"
        self._write(
            f"{block['agent']} in {block['maze']}: {progress.step:,} of {progress.steps:,} steps, {value}{remaining}"
        )

    def _write(self, line: str) -> None:
        self._console.print(line, soft_wrap=True)


class TensorBoard:
    """Scalars `return` and `learners_rewarded` per block, each block a run of its own in `folder`.

    ModuleNotFoundError where TensorBoard is not installed.
    """

    def __init__(self, folder: Path, plan: Plan) -> None:
        from torch.utils.tensorboard.writer import SummaryWriter  # an extra

        self._writers: list[Any] = [
            SummaryWriter(str(folder / _name(block["maze"]) / _name(block["agent"]))) for block in plan.configurations()
        ]
        self._steps = [0] * len(self._writers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for writer in self._writers:
            writer.close()

    def update(self, progress: BlockProgress) -> None:
        """Add what is new of a block."""
        if progress.step <= self._steps[progress.block]:
            return
        self._steps[progress.block] = progress.step
        writer = self._writers[progress.block]
        if progress.value is not None:
            writer.add_scalar("return", progress.value, progress.step)
        writer.add_scalar("learners_rewarded", progress.rewarded, progress.step)


def _name(text: str) -> str:
    return re.sub("[^A-Za-z0-9.=+-]+", "-", text)
