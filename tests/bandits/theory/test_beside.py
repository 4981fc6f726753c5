"""What is said of a testbed: bounds where the theorem's conditions hold, reasons where they do not."""

import math
from typing import Any

import pytest

from bandits.policy import POLICIES
from bandits.testbed import TESTBEDS, Testbed
from bandits.theory.beside import CHANGING, LATE, NONE, bound_on, lower_bound
from bandits.theory.known_bounds import Bound
from bandits.theory.lai_robbins import LaiRobbins
from explore.spec import parse


def bed(spec: str) -> Testbed:
    plugin, settings = TESTBEDS.resolve(spec)
    return plugin(**dict(settings))


def bound(testbed: str, policy: str, horizon: int = 1000) -> Any:
    return bound_on(bed(testbed), parse(policy), POLICIES.resolve(policy)[1].model_dump(), horizon)


def test_the_lower_bound_knows_each_arm_s_variance() -> None:
    """Σ 2σ_a²/Δ_a: 2 · 4/0.5 and 2 · 1/1."""
    found = lower_bound(bed("gaussian:means=1/0.5/0,deviations=1/2/1"))
    assert isinstance(found, LaiRobbins)
    assert found.constant == pytest.approx(18)
    late = lower_bound(bed("two-arms:delay=10"))
    assert isinstance(late, LaiRobbins)
    assert late.constant == pytest.approx(2.2521, abs=1e-4)


@pytest.mark.parametrize(
    ("testbed", "said"), [("sutton-barto", "drawn anew"), ("drift", "change"), ("uniform:means=0.2/0.5", "bounded")]
)
def test_why_there_is_no_lower_bound(testbed: str, said: str) -> None:
    found = lower_bound(bed(testbed))
    assert isinstance(found, str)
    assert said in found


def test_why_a_policy_has_no_bound() -> None:
    assert bound("abrupt", "ucb1") == CHANGING
    assert bound("two-arms:delay=5", "ucb1") == LATE
    assert bound("two-arms", "besa") == NONE
    assert bound("student:means=0/1", "ucb:c=9") == NONE
    assert bound("gaussian:means=1/0,deviations=1/2", "kl-ucb") == NONE  # it is told the larger variance


def test_bounds_with_the_settings_filled_in() -> None:
    tuned = bound("two-arms", "exp3")
    assert isinstance(tuned, Bound)
    assert tuned.value < 1000 * 0.1 * 3
    drawn = bound("sutton-barto", "epsilon-greedy")
    assert drawn.direction == "lower"
    assert drawn.value == pytest.approx(0.1 * 1000 * 1.53875, rel=1e-4)
    assert bound("sutton-barto", "thompson").kind == "bayesian"
    assert bound("bernoulli", "thompson").value == pytest.approx(math.sqrt(5 * 1000 * math.log(10)))
    assert bound("bernoulli:low=0.2", "thompson") == NONE
    assert bound("uniform:means=0.2/0.5", "ucb1").finite_time
