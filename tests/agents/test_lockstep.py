"""The comparison itself: it sees a difference, and plans that fail; what it finds is the business of the others."""

import importlib
from pathlib import Path

import pytest

from agents.lockstep import Comparison, Verification, compare, verify
from agents.mazes import MazeEntry, make

ROOT = Path(__file__).parents[2]
EQUAL, REACHED = Comparison(10, 1, 0, None), Comparison(10, 1, 1, None)
DIFFERENT = Comparison(3, 0, 0, "step 3: reward[0] is 1.0 against 0.9")


def test_other_layouts_are_a_difference() -> None:
    maze = "MiniGrid-FourRooms-v0"
    comparison = compare(make(maze, 2, backend="compiled"), make(maze, 2, seed=5, backend="real"), [])
    assert comparison.difference is not None
    assert comparison.difference.startswith("reset: image")


@pytest.mark.parametrize(
    ("random", "planned", "must_succeed", "failure"),
    [
        (EQUAL, (EQUAL, REACHED), True, None),
        (EQUAL, (EQUAL, EQUAL), True, "none of 2 plans reached the goal"),
        (EQUAL, (EQUAL, EQUAL), False, None),
        (EQUAL, (REACHED, DIFFERENT), True, DIFFERENT.difference),
        (DIFFERENT, (REACHED, REACHED), True, DIFFERENT.difference),
    ],
)
def test_a_difference_or_a_plan_that_fails_is_a_failure(
    random: Comparison, planned: tuple[Comparison, ...], must_succeed: bool, failure: str | None
) -> None:
    assert Verification(random, planned, must_succeed, ("breadth-first",)).failure == failure


@pytest.mark.parametrize(
    ("maze", "must_succeed"), [("MiniGrid-Empty-5x5-v0", True), ("escapade/BoatRace-8x8-v0", False)]
)
def test_what_the_plans_must_reach(maze: str, must_succeed: bool) -> None:
    """In the boat race the reward's optimum never finishes."""
    comparison = verify(maze, steps=20, slots=2, plans=2)
    assert comparison.failure is None
    assert comparison.random.steps == 40
    assert (comparison.must_succeed, comparison.reached) == (must_succeed, 2 * must_succeed)


@pytest.mark.parametrize(("random", "status"), [(EQUAL, 0), (DIFFERENT, 1)])
def test_the_benchmark_fails_on_a_difference(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], random: Comparison, status: int
) -> None:
    monkeypatch.syspath_prepend(str(ROOT))  # the benchmarks are no part of the distribution
    module = importlib.import_module("benchmarks.lockstep")
    monkeypatch.setattr(
        module, "describe_mazes", lambda: [MazeEntry("A", True, None), MazeEntry("B", False, "it is not")]
    )
    monkeypatch.setattr(module, "verify", lambda _: Verification(random, (REACHED,), True, ("breadth-first",)))
    assert importlib.import_module("benchmarks.__main__").main(["lockstep"]) == status
    assert ("FAILS: step 3" in capsys.readouterr().out) == bool(status)
