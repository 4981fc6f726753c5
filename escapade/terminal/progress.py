"""Progress while something runs: a bar for the bandit experiment, one with its curve for each block, a line in a trial.

Bars are silent where the console is no terminal; of blocks there are lines then (`log`).
"""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from escapade.runs.plan import Plan, schedule_sentence
from escapade.runs.planners import run_planners
from escapade.runs.progress import BlockProgress
from escapade.runs.store import Store
from escapade.runs.sweep import Swept, sweep
from escapade.terminal import interrupt
from escapade.terminal.extras import needed
from escapade.terminal.log import Lines, TensorBoard
from explore.errors import unknown

BLOCKS = " ▁▂▃▄▅▆▇█"
WIDTH = 20
LOGS = ("live", "plain", "json")


class Pulls:
    """A context manager for the bandit experiment; `update` is the simulation's progress."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("simulating"),
            BarColumn(20),
            TimeRemainingColumn(),
            TextColumn("{task.fields[pulls]}"),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self._task = self._progress.add_task("", total=None, pulls="compiling")

    def __enter__(self) -> "Pulls":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def update(self, done: int, total: int) -> None:
        """Show how many pulls are done."""
        self._progress.update(self._task, completed=done, total=total, pulls=f"{done / 1e6:,.1f} M pulls")


class Line:
    """A context manager: one line that says what is under way, and for how long already."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self._task = self._progress.add_task("", total=None)

    def __enter__(self) -> "Line":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def update(self, what: str) -> None:
        """Show what is under way now."""
        self._progress.update(self._task, description=what)


class Live:
    """A context manager; `update` takes the progress of a block. Nothing is drawn where the console is no terminal."""

    def __init__(self, console: Console, plan: Plan) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(20),
            TimeRemainingColumn(),
            TextColumn("{task.fields[curve]}"),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self._tasks = [
            self._progress.add_task(f"{c['agent']} · {c['maze'].removeprefix('MiniGrid-')}", total=c["steps"], curve="")
            for c in plan.configurations()
        ]
        self._curves: list[list[float]] = [[] for _ in self._tasks]

    def __enter__(self) -> "Live":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def update(self, progress: BlockProgress) -> None:
        """Show how far a block is."""
        curve = self._curves[progress.block]
        if progress.value is not None and (not curve or curve[-1] != progress.value):
            curve.append(progress.value)
        shown = f"{sparkline(curve)} {curve[-1]:.2f}" if curve else "no evaluation yet"
        self._progress.update(self._tasks[progress.block], completed=progress.step, total=progress.steps, curve=shown)


def planned(console: Console, plan: Plan, store: Store) -> list[dict[str, Any]]:
    """The figures of the plan's planners, as `run_planners` gives them, with a line while they plan."""
    with Line(console) as line:
        line.update("planning")
        return run_planners(plan, store)


def swept(
    console: Console,
    plan: Plan,
    store: Store,
    *,
    jobs: int | None,
    backend: str | None,
    address: str | None = None,
    log: str = "live",
    tensorboard: Path | None = None,
) -> Swept:
    """The blocks of the maze experiment, as `sweep` gives them, with their progress while they are trained.

    log: "live" draws bars in a terminal and is "plain" elsewhere; "plain" and "json" write lines.
    tensorboard: a folder for TensorBoard's files. BadInput for another log, and where TensorBoard is not installed.
    """
    check_log(log)
    if sentence := schedule_sentence(plan.as_dict()):
        console.print(f"escapade: {sentence}", soft_wrap=True)
    live = log == "live" and console.is_terminal
    with ExitStack() as stack:
        display: Live | Lines = Live(console, plan) if live else Lines(console, plan, as_json=log == "json")
        stack.enter_context(display)
        shown: list[Live | Lines | TensorBoard] = [display]
        if tensorboard is not None:
            with needed("--tensorboard", "tensorboard"):
                shown.append(stack.enter_context(TensorBoard(tensorboard, plan)))

        def update(progress: BlockProgress) -> None:
            for each in shown:
                each.update(progress)

        return sweep(
            plan,
            store,
            jobs=jobs,
            backend=backend,
            address=address,
            on_progress=update,
            finished=lambda block: interrupt.finished(f"{block.agent} in {block.maze}"),
        )


def check_log(log: str) -> None:
    """Refuse, with BadInput, a kind of log that there is not."""
    if log not in LOGS:
        raise unknown("log", log, LOGS)


def sparkline(values: list[float]) -> str:
    """The newest values as blocks; the full block is a return of 1."""
    return "".join(BLOCKS[round(min(max(v, 0.0), 1.0) * (len(BLOCKS) - 1))] for v in values[-WIDTH:])
