"""Which kind of problem a testbed is."""

import pytest

from bandits.problem_kinds import GOALS, KINDS, Kind, problem_kind
from bandits.testbed import TESTBEDS, Testbed, spelled


def bed(spec: str) -> Testbed:
    plugin, settings = TESTBEDS.resolve(spelled(spec))
    return plugin(**dict(settings))


@pytest.mark.parametrize(
    ("spec", "horizon", "name"),
    [
        ("sutton-barto", 1000, "gaussian"),
        ("sutton-barto", 150, "many-arms"),
        ("problem-b", 10_000, "rare-rewards"),
        ("two-arms", 1000, "bounded"),
        ("beta", 1000, "bounded"),
        ("two-arms:delay=5", 1000, "delayed"),
        ("abrupt", 1000, "changing-bounded"),
        ("drift", 1000, "changing"),
        ("needle:100", 1000, "many-arms"),
        ("poisson", 1000, "counts"),
        ("student", 1000, "heavy-tailed"),
        ("two-tasks", 1000, "markov"),
        ("linear", 1000, "contexts"),
    ],
)
def test_the_kind_of_a_testbed(spec: str, horizon: int, name: str) -> None:
    assert problem_kind(bed(spec), horizon).name == name


def test_every_kind_is_described_once() -> None:
    names = [kind.name for kind in (*KINDS, *GOALS)]
    assert len(names) == len(set(names))
    assert set(names) == set(Kind) - {Kind.OTHER, Kind.OTHER_BOUNDED}
    assert all(kind.description and kind.why for kind in (*KINDS, *GOALS))
    assert not any(kind.applies(bed("two-arms"), 1000) for kind in GOALS)
