"""Workers end with their parent, and what a plugin raised is one sentence."""

import multiprocessing
import time

import pytest

from escapade.runs.workers import end_workers, explain


def test_the_workers_are_ended_without_proc() -> None:
    child = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(600,))
    child.start()
    end_workers()
    child.join(60)
    assert child.exitcode not in (None, 0)


def test_a_mistake_is_named_with_its_place_and_one_line() -> None:
    source = "def fails():\n    raise KeyError('a\\nb')\n"
    scope: dict[str, object] = {}
    exec(compile(source, "/somewhere/mine.py", "exec"), scope)
    with pytest.raises(KeyError) as caught:
        scope["fails"]()
    assert explain(caught.value) == "KeyError: 'a\\nb' (mine.py, line 2)"
    assert explain(ValueError("first\nsecond")) == "ValueError: first"
    assert explain(SystemExit()) == "SystemExit"
