"""Ctrl-C: one line of what was finished, status 130, and no traceback."""

import os
import signal
import subprocess
import sys
import time

import pytest

MAZES = ["--maze", "MiniGrid-Empty-5x5-v0", "--agent", "epsilon-greedy", "--learners", "1", "--steps", "100000000"]
MOST = 60  # seconds until the store must be there; a guard, not a measurement


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX does")
def test_an_interrupt_ends_with_one_line(tmp_path):
    """In the midst of training in worker processes; the store stays readable."""
    command = [sys.executable, "-m", "escapade", "mazes", *MAZES, "--out", str(tmp_path / "runs")]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell without job control starts its jobs deaf to the signal.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    started = time.monotonic()
    while not (tmp_path / "runs" / "runs.sqlite").exists():
        assert process.poll() is None
        assert time.monotonic() - started < MOST
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=MOST)
    assert process.returncode == 130
    assert errors.strip().splitlines()[-1] == "escapade: stopped; nothing was finished."
    assert "Traceback" not in errors
