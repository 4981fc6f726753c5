"""Keys from a pseudo-terminal, and the terminal as it was, in every case."""

import os
import time

import pytest

from escapade.terminal import interrupt
from escapade.watch.keys import ARROW_RIGHT, Keys

termios = pytest.importorskip("termios")


@pytest.fixture
def terminal():
    master, slave = os.openpty()
    with os.fdopen(slave, "r") as source:
        yield master, source
    os.close(master)


def settings(source) -> list[object]:
    return termios.tcgetattr(source.fileno())


def is_raw(source) -> bool:
    return not settings(source)[3] & (termios.ICANON | termios.ECHO)


def test_keys_come_one_by_one_without_enter(terminal) -> None:
    master, source = terminal
    before = settings(source)
    with Keys(source) as keys:
        assert keys.watched
        assert is_raw(source)
        assert settings(source)[3] & termios.ISIG  # Ctrl-C stays Ctrl-C
        os.write(master, b" s\x1b[Cq")
        assert [keys.pressed(5.0) for _ in range(4)] == [" ", "s", ARROW_RIGHT, "q"]
        started = time.monotonic()
        assert keys.pressed(0.05) is None
        assert time.monotonic() - started >= 0.05
    assert settings(source) == before


def test_an_error_gives_the_terminal_back(terminal) -> None:
    _, source = terminal
    before = settings(source)
    with pytest.raises(ZeroDivisionError), Keys(source):
        assert 1 / (not is_raw(source))
    assert settings(source) == before


def test_an_early_end_gives_the_terminal_back(terminal) -> None:
    """As where the main thread ends the process while the command is in another thread."""
    _, source = terminal
    before = settings(source)
    with Keys(source):
        assert is_raw(source)
        interrupt.tidy()
        assert settings(source) == before
    assert settings(source) == before


def test_a_file_has_no_keys(tmp_path) -> None:
    (tmp_path / "input").write_text("q")
    with (tmp_path / "input").open() as source, Keys(source) as keys:
        assert not keys.watched
        started = time.monotonic()
        assert keys.pressed(0.02) is None
        assert time.monotonic() - started >= 0.02
