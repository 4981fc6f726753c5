"""Bounds against an adversary and with contexts: values worked by hand, conditions, published corollaries."""

import math
from typing import Any

import pytest
from bandits.theory.bounds.catalogue import bounds_for

CONTEXTS: dict[str, Any] = {"arms": 6, "family": "gaussian", "dimension": 4, "lengths": (1.0, 1.0)}


def value(policy: str, horizon: int, **conditions: Any) -> float:
    (bound,) = bounds_for(policy, None, horizon, **conditions)
    assert bound.finite_time
    assert bound.kind == "worst case"
    return bound.value


@pytest.mark.parametrize("stretches", [1, 4])
def test_exp3_s_tuned_is_corollary_8_2(stretches: int) -> None:
    """2√(e − 1) √(KT (S ln(KT) + e)), with γ and α as the policy tunes them for S − 1 changes."""
    arms, horizon = 3, 20_000
    found = value(f"exp3-s:changes={stretches - 1}", horizon, arms=arms, stretches=stretches)
    parts = stretches * math.log(arms * horizon) + math.e
    assert found == pytest.approx(2 * math.sqrt((math.e - 1) * arms * horizon * parts))


def test_exp3_s_holds_for_other_settings_but_not_for_other_rewards() -> None:
    assert value("exp3-s:gamma=0.5,alpha=0.1", 100, arms=2, stretches=2) == pytest.approx(
        (math.e - 1) * 50 + 2 * (2 * math.log(20) + 10 * math.e) / 0.5
    )
    assert bounds_for("exp3-s", None, 100, arms=2, family="gaussian") == []
    assert bounds_for("exp3-s:alpha=2", None, 100, arms=2) == []
    assert bounds_for("exp3", None, 100, arms=2, stretches=2) == []  # against the best single arm only


def test_lin_ucb_by_hand() -> None:
    """T = 4096, R = 1/2, λ = 2, S = 3 assumed."""
    volume = 4 * math.log(1 + 4096 / 8)
    radius = math.sqrt(2) * 3 + 0.5 * math.sqrt(2 * math.log(100) + volume)
    by_hand = 2 * radius * math.sqrt(2 * 4096 * volume) + 2 * 0.01 * 4096
    spec = "lin-ucb:ridge=2,norm=3,delta=0.01"
    assert value(spec, 4096, variance=0.25, linear="shared", **CONTEXTS) == pytest.approx(by_hand)


def test_lin_ucb_does_not_depend_on_the_unit_of_length() -> None:
    """Contexts twice as long with parameters half as long have the same means; λ and S must follow."""
    plain = value("lin-ucb:ridge=1,norm=1", 1000, linear="shared", **CONTEXTS)
    scaled = {**CONTEXTS, "lengths": (2.0, 0.5)}
    assert value("lin-ucb:ridge=4,norm=0.5", 1000, linear="shared", **scaled) == pytest.approx(plain)
    assert bounds_for("lin-ucb:norm=0.4", None, 1000, linear="shared", **scaled) == []


def test_nobody_else_has_a_bound_with_contexts() -> None:
    for name in ("moss", "thompson", "tsallis-inf", "exp3-s", "random"):
        assert bounds_for(name, None, 1000, linear="shared", mean_gap=0.5, **{**CONTEXTS, "family": "bernoulli"}) == []
