"""Pace by clock and keys, with keys that are scripted; and the program as a whole in a pseudo-terminal."""

import contextlib
import io
import os
import select
import signal
import subprocess
import sys
import time

import pytest
from rich.console import Console

from agents.mazes.layouts.named_sets import layouts
from agents.play import Episode, repeating
from escapade.watch import playback
from escapade.watch.playback import Pace, perform, summary

MOST = 90  # seconds until something must be seen; a guard, not a measurement


class Scripted:
    """Keys that are pressed one after the other; a clock that moves as they are waited for."""

    def __init__(self, *script: str | None, watched: bool = True) -> None:
        self.script, self.watched, self.now = list(script), watched, 100.0
        self.waited: list[float | None] = []

    def __enter__(self) -> "Scripted":
        return self

    def __exit__(self, *_: object) -> None:
        return

    def monotonic(self) -> float:
        return self.now

    def pressed(self, seconds: float | None) -> str | None:
        self.waited.append(seconds)
        key = self.script.pop(0) if self.script else None
        assert key is not None or seconds is not None, "waits for ever"
        if key is None:
            self.now += seconds
        return key


@pytest.fixture
def pace(monkeypatch):
    def made(*script: str | None, delay: float = 2.0, watched: bool = True) -> tuple[Pace, Scripted]:
        keys = Scripted(*script, watched=watched)
        monkeypatch.setattr(playback, "time", keys)
        return Pace(keys, delay), keys

    return made


def nothing(note: str) -> None:
    return


def test_without_keys_the_clock_decides(pace) -> None:
    pace_of_keys, keys = pace()
    assert pace_of_keys.next(nothing)
    assert keys.now == 102.0


def test_a_pause_waits_for_ever_and_the_note_says_so(pace) -> None:
    pace_of_keys, keys = pace(" ", " ")
    notes: list[str] = []
    assert pace_of_keys.next(notes.append)
    assert keys.waited == [2.0, None, 2.0]
    assert [note.startswith("PAUSED") for note in notes] == [False, True, False]


@pytest.mark.parametrize("key", ["s", "\x1b[C"])
def test_a_step_is_one_step(pace, key: str) -> None:
    pace_of_keys, keys = pace(key, key, "q")
    assert pace_of_keys.next(nothing)
    assert pace_of_keys.next(nothing)
    assert not pace_of_keys.next(nothing)
    assert keys.now == 100.0  # no time went by
    assert keys.waited == [2.0, None, None]


def test_the_pace_changes(pace) -> None:
    pace_of_keys, keys = pace("+", None, "-", "-")
    assert pace_of_keys.next(nothing)
    assert keys.now == 101.0
    assert pace_of_keys.next(nothing)
    assert keys.now == 105.0


def test_a_pause_ends_where_the_watcher_is_gone(pace) -> None:
    pace_of_keys, keys = pace("s")
    assert pace_of_keys.next(nothing)
    keys.watched = False
    assert pace_of_keys.next(nothing)
    assert keys.now == 102.0


def test_quitting_leaves_the_rest_unplayed(monkeypatch) -> None:
    keys = Scripted("s", "s", "q")
    monkeypatch.setattr(playback, "Keys", lambda: keys)
    text = io.StringIO()
    console = Console(file=text, force_terminal=True, width=80, height=24, color_system=None)
    episode = Episode(layouts("MiniGrid-Empty-5x5-v0", "train"), 0)
    seen = perform(console, "title", episode.moments(repeating([0] * 50)), delay=60.0)
    assert [moment.step for moment in seen] == [0, 1, 2]
    assert "PAUSED" in text.getvalue()


def test_a_summary_has_start_end_and_what_was_done() -> None:
    text = io.StringIO()
    episode = Episode(layouts("MiniGrid-Empty-5x5-v0", "train"), 0)
    summary(Console(file=text, width=80), "title", list(episode.moments(repeating([2, 2, 1, 2, 2]))))
    lines = text.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in text.getvalue()
    assert "██▶ · · ██    ██· · · ██" in text.getvalue()
    assert "██· · G ██    ██· · ▼ ██" in text.getvalue()
    assert "forward ×2, right, forward ×2" in text.getvalue()


def read_until(master: int, expected: bytes, output: bytes = b"") -> bytes:
    started = time.monotonic()
    while expected not in output:
        assert time.monotonic() - started < MOST, output
        if select.select([master], [], [], 1.0)[0]:
            output += os.read(master, 65536)
    return output


def drain(master: int, process: "subprocess.Popen[bytes]") -> bytes:
    """What is said until the process ends; a terminal nobody reads from would hold it up."""
    output, started = b"", time.monotonic()
    while process.poll() is None or select.select([master], [], [], 0.1)[0]:
        assert time.monotonic() - started < MOST, output
        if select.select([master], [], [], 0.1)[0]:
            with contextlib.suppress(OSError):
                output += os.read(master, 65536)
    return output


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX's")
@pytest.mark.parametrize(
    ("end", "status"), [(b"q", 0), (b"\x03", 130), (signal.SIGTERM, -signal.SIGTERM)], ids=["quit", "ctrl-c", "term"]
)
def test_the_terminal_is_as_it_was_however_it_ends(end, status) -> None:
    import fcntl
    import termios

    master, slave = os.openpty()
    before = termios.tcgetattr(slave)

    def in_its_terminal() -> None:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C is a signal to it
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell without job control starts its jobs deaf to the signal

    process = subprocess.Popen(
        [sys.executable, "-m", "escapade", "watch", "MiniGrid-Empty-5x5-v0", "--agent", "random", "--delay", "60"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80", "LINES": "24"},
        start_new_session=True,
        preexec_fn=in_its_terminal,
    )
    output = read_until(master, b"q quit")
    assert not termios.tcgetattr(slave)[3] & (termios.ICANON | termios.ECHO)
    os.write(master, b"s")
    output = read_until(master, b"PAUSED", output)
    assert b"1 of at most 100" in output
    if isinstance(end, bytes):
        os.write(master, end)
    else:
        process.send_signal(end)
    output += drain(master, process)
    assert process.returncode == status
    assert termios.tcgetattr(slave) == before
    assert output.rindex(b"\x1b[?25h") > output.rindex(b"\x1b[?25l")  # the cursor is shown again
    assert b"Traceback" not in output
    os.close(master)
    os.close(slave)
