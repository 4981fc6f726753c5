"""What is said of a testbed: bounds where the theorem's conditions hold, reasons where they do not."""

import math
from typing import Any

import pytest

from bandits.policy import POLICIES
from bandits.testbed import TESTBEDS, Testbed
from bandits.theory.bounds.lai_robbins import LaiRobbins
from bandits.theory.bounds.on_testbed import (
    BLIND,
    CHANGING,
    ELSEWHERE,
    LATE,
    UNCHECKED,
    UNKNOWN_CHANGES,
    bound_on,
    lower_bound,
)
from bandits.theory.bounds.statement import Bound


def bed(spec: str) -> Testbed:
    plugin, settings = TESTBEDS.resolve(spec)
    return plugin(**dict(settings))


def bound(testbed: str, policy: str, horizon: int = 1000) -> Any:
    plugin, settings = POLICIES.resolve(policy)
    return bound_on(bed(testbed), plugin(**dict(settings)), horizon)


def test_the_lower_bound_knows_each_arm_s_variance() -> None:
    """Σ 2σ_a²/Δ_a: 2 · 4/0.5 and 2 · 1/1."""
    bound_of_bed = lower_bound(bed("gaussian:means=1/0.5/0,deviations=1/2/1"))
    assert isinstance(bound_of_bed, LaiRobbins)
    assert bound_of_bed.constant == pytest.approx(18)
    late = lower_bound(bed("two-arms:delay=10"))
    assert isinstance(late, LaiRobbins)
    assert late.constant == pytest.approx(2.2521, abs=1e-4)


@pytest.mark.parametrize(
    ("testbed", "reason"),
    [
        ("sutton-barto", "drawn anew"),
        ("drift", "change"),
        ("linear", "depend on contexts"),
        ("uniform:means=0.2/0.5", "bounded"),
    ],
)
def test_why_there_is_no_lower_bound(testbed: str, reason: str) -> None:
    bound_of_bed = lower_bound(bed(testbed))
    assert isinstance(bound_of_bed, str)
    assert reason in bound_of_bed


def test_why_a_policy_has_no_bound() -> None:
    assert bound("abrupt", "ucb1") == CHANGING
    assert bound("two-arms:delay=5", "ucb1") == LATE
    assert bound("two-arms", "besa") == bound("two-arms:delay=5", "besa") == bound("abrupt", "besa") == UNCHECKED
    assert bound("linear", "ucb:c=3") == BLIND
    assert bound("linear", "lin-ts") == UNCHECKED
    assert bound("linear", "lin-ucb:alpha=1") == bound("linear", "lin-ucb:norm=0.5") == ELSEWHERE
    assert bound("linear:parameters=disjoint", "lin-ucb:model=shared") == ELSEWHERE
    assert bound("abrupt", "exp3-s") == UNKNOWN_CHANGES
    assert bound("drift", "exp3-s") == CHANGING
    assert bound("student:means=0/1", "ucb:c=9") == ELSEWHERE
    assert bound("gaussian:means=1/0,deviations=1/2", "kl-ucb") == ELSEWHERE  # it is given the larger variance


def test_bounds_with_the_settings_filled_in() -> None:
    tuned = bound("two-arms", "exp3")
    assert isinstance(tuned, Bound)
    assert tuned.value < 1000 * 0.1 * 3
    drawn = bound("sutton-barto", "epsilon-greedy")
    assert drawn.direction == "lower"
    assert drawn.value == pytest.approx(0.1 * 1000 * 1.53875, rel=1e-4)
    assert bound("sutton-barto", "thompson").kind == "bayesian"
    assert bound("bernoulli", "thompson").value == pytest.approx(math.sqrt(5 * 1000 * math.log(10)))
    assert bound("bernoulli:low=0.2", "thompson") == ELSEWHERE
    assert bound("uniform:means=0.2/0.5", "ucb1").finite_time


def test_every_built_in_policy_says_which_of_the_two_it_is() -> None:
    """No theorem, or one that does not hold here: never both."""
    statements = {name: bound("problem-b", name, 10_000) for name in POLICIES.names()}
    elsewhere = {name for name, statement in statements.items() if statement == ELSEWHERE}
    assert elsewhere == {"information-directed", "lin-ucb"}
    assert {"exp3-ix", "gradient", "besa", "lin-ts"} <= {
        name for name, statement in statements.items() if statement == UNCHECKED
    }


def test_known_changes_are_counted_up_to_the_horizon() -> None:
    """T = 1000 in three stretches: one change is at a step that is not played, and one is named twice."""
    policy = "exp3-s:gamma=0.1,alpha=0.001"
    bound_of_bed = bound("abrupt:changes=200/500/500/2000,arms=2", policy)
    value = (math.e - 1) * 100 + 2 * (3 * math.log(2000) + math.e) / 0.1
    assert bound_of_bed.value == pytest.approx(value)
    assert bound("two-arms", policy).value < bound_of_bed.value


def test_the_bound_of_lin_ucb_on_the_testbed() -> None:
    """d = 5, R = 1/2, δ = 0.05, and all lengths 1; disjoint models of K = 10 arms together have dimension 50."""
    radius = 1 + 0.5 * math.sqrt(2 * math.log(20) + 5 * math.log(201))
    assert bound("linear", "lin-ucb").value == pytest.approx(2 * radius * math.sqrt(1e4 * math.log(201)) + 100)
    apart = bound("linear:parameters=disjoint", "lin-ucb")
    radius = 1 + 0.5 * math.sqrt(2 * math.log(200) + 5 * math.log(201))
    assert apart.value == pytest.approx(2 * radius * math.sqrt(1e5 * math.log(21)) + 100)
    assert "can cost no more than 2000" in apart.note
    assert apart.value == bound("linear", "lin-ucb:model=disjoint").value
