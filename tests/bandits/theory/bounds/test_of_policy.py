"""Which bounds are given, of all policies; the theorems are tested with the policy that states them."""

import math
from collections.abc import Sequence
from typing import Any

import pytest

from bandits.policy import POLICIES, Policy
from bandits.theory.bounds.of_policy import bound_for, bounds_for, has_theorem
from bandits.theory.bounds.statement import Bound, Problem
from explore.errors import BadInput

TWO = [0.9, 0.8]
PROBLEM_B = [0.1, *[0.05] * 3, *[0.02] * 3, *[0.01] * 3]


def test_a_bound_above_the_worst_arm_says_so() -> None:
    loose, tight = bound_for("moss", PROBLEM_B, 10_000), bound_for("kl-ucb", PROBLEM_B, 10_000)
    assert loose is not None
    assert tight is not None
    assert "vacuous" in loose.note
    assert "costs 900" in loose.note
    assert "vacuous" not in tight.note


def test_bad_input_is_refused() -> None:
    with pytest.raises(BadInput, match="horizon"):
        bound_for("ucb1", TWO, 0)
    with pytest.raises(BadInput, match="family"):
        bound_for("ucb1", TWO, 10, family="bernouli")
    with pytest.raises(BadInput, match="Bernoulli"):
        bound_for("ucb1", [1.4, 0.2], 10)
    with pytest.raises(BadInput, match="policy"):
        bound_for("ucb-1", TWO, 10)


def stating() -> list[str]:
    """The policies that state a bound."""
    return [name for name in POLICIES.names() if has_theorem(POLICIES.get(name)())]


def test_every_policy_gives_sound_bounds() -> None:
    for name in POLICIES.names():
        for bound in bounds_for(name, PROBLEM_B, 10_000):
            assert math.isfinite(bound.value)
            assert bound.value >= 0
            assert bound.source
            assert bound.formula
        for bound in bounds_for(name, [0.3] * 4, 100):
            assert math.isfinite(bound.value)
    assert {"ucb1", "kl-ucb", "lin-ucb", "exp3-s"} <= set(stating())
    assert not {"ucb-tuned", "gradient", "ucb-v", "besa", "optimistic", "top-two-thompson"} & set(stating())


def test_drawn_arms_leave_what_needs_no_gaps() -> None:
    for name in POLICIES.names():
        for bound in bounds_for(name, None, 1000, arms=10):
            assert bound.kind in ("worst case", "bayesian")
    with pytest.raises(BadInput, match="how many"):
        bounds_for("moss", None, 1000)


def test_with_contexts_only_theorems_about_contexts_are_left() -> None:
    contexts: dict[str, Any] = {"arms": 6, "dimension": 4, "lengths": (1.0, 1.0), "linear": "shared", "mean_gap": 0.5}
    assert [name for name in POLICIES.names() if bounds_for(name, None, 1000, **contexts)] == ["lin-ucb"]


class Mine(Policy):
    """A policy that loses a half of what it can in the worst case."""

    def bounds(self, problem: Problem) -> Sequence[Bound]:
        return [Bound("mine", 0.5 * problem.horizon * problem.worst, "T Δ_max / 2", "Somebody 2026")]


def test_the_bound_of_a_policy_of_ones_own() -> None:
    (bound,) = bounds_for(Mine(), TWO, 100)
    assert bound.value == pytest.approx(5.0)
    assert bounds_for(Mine(), None, 100, arms=2, stretches=3) == []  # it is about constant means
    assert has_theorem(Mine())
    assert not has_theorem(Policy())
