"""An episode in the terminal: moment after moment in a terminal, start and end elsewhere.

Keys, where standard input is a terminal too: space pauses and goes on, `s` or → takes one step, + and − change the
pace, `q` quits.
"""

import time
from collections.abc import Callable, Iterable

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from agents.play import Moment
from escapade.terminal import interrupt
from escapade.watch.keys import ARROW_RIGHT, Keys
from escapade.watch.picture import actions_taken, facts, frame, grid, legend_lines

HELP = "space pause · s step · +/- pace · q quit"
FASTEST, SLOWEST = 0.01, 10.0  # seconds per step


def perform(console: Console, title: str, moments: Iterable[Moment], delay: float) -> list[Moment]:
    """Show an episode as it is played, a step every `delay` seconds, and give back what was seen of it."""
    seen: list[Moment] = []
    with (
        interrupt.tidied(lambda: console.show_cursor(True)),
        Keys() as keys,
        Live(console=console, auto_refresh=False, vertical_overflow="crop") as live,
    ):
        pace = Pace(keys, delay)
        for moment in moments:
            seen.append(moment)

            def show(note: str, now: Moment = moment) -> None:
                live.update(frame(console, title, now, note), refresh=True)

            if moment.ending:
                show("")
                break
            if not pace.next(show):
                break
    return seen


class Pace:
    """When the next step is due, by the clock or by the keys."""

    def __init__(self, keys: Keys, delay: float) -> None:
        self._keys, self._delay, self._paused = keys, delay, False

    def next(self, show: Callable[[str], None]) -> bool:
        """Wait until the next step is due; False where the watcher quits. `show` draws the moment with a note."""
        due = time.monotonic() + self._delay
        show(self._note())
        while True:
            if self._paused and not self._keys.watched:
                self._paused = False  # whoever paused is gone
            left = None if self._paused else due - time.monotonic()
            if left is not None and left <= 0:
                return True
            key = self._keys.pressed(left)
            if key in ("q", "Q"):
                return False
            if key in ("s", ARROW_RIGHT):
                self._paused = True
                return True
            if key == " ":
                self._paused = not self._paused
            elif key in ("+", "-"):
                factor = 0.5 if key == "+" else 2.0
                self._delay = min(max(self._delay * factor, FASTEST), SLOWEST)
            if key is not None:
                due = time.monotonic() + self._delay
                show(self._note())

    def _note(self) -> str:
        if not self._keys.watched:
            return ""
        return f"PAUSED · {HELP}" if self._paused else HELP


def summary(console: Console, title: str, moments: list[Moment]) -> None:
    """Print an episode's start and end side by side (one below the other where it is wide), and what was done."""
    ascii_only = console.options.ascii_only
    first, last = moments[0], moments[-1]
    width, height = first.grid.shape[:2]
    side_by_side = 2 * 2 * width + 4 <= console.width
    table = Table.grid(padding=(0, 4 if side_by_side else 0, 0, 0))
    shown = [
        (name, grid(moment, ascii_only, min(2 * width, console.width), height))
        for name, moment in (("start", first), ("end", last))
    ]
    if side_by_side:
        table.add_row(*(Text(name, style="dim") for name, _ in shown))
        table.add_row(*(picture for _, picture in shown))
    else:
        for name, picture in shown:
            table.add_row(Text(name, style="dim"))
            table.add_row(picture)
    details = Table.grid(padding=(0, 1, 0, 0))
    details.add_column(style="dim", no_wrap=True)
    details.add_column(overflow="fold")
    details.add_row("actions", actions_taken([m.action_name for m in moments if m.action_name]) or "none")
    for name, value in facts(last):
        if name not in ("action", "reward"):
            details.add_row(name, value)
    console.print(Text(title, style="bold"))
    console.print(table)
    console.print(Text("\n".join(legend_lines(last, ascii_only, console.width)), style="dim"))
    console.print(details)
