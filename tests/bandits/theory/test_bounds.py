"""Bounds against values worked by hand, their conditions, and simulations that must stay below them."""

import math

import numpy as np
import pytest

from bandits.theory.bounds import KNOWN, SAME, bound_for, bounds_for
from explore.errors import BadInput

TWO = [0.9, 0.8]
PROBLEM_B = [0.1, *[0.05] * 3, *[0.02] * 3, *[0.01] * 3]


def value(policy: str, means: list[float] | None = None, horizon: int = 5000, **conditions: object) -> float:
    bound = bound_for(policy, TWO if means is None else means, horizon, **conditions)
    assert bound is not None
    return bound.value


def test_values_by_hand() -> None:
    ln = math.log(5000)
    assert value("ucb1") == pytest.approx(80 * ln + 0.1 * (1 + math.pi**2 / 3))
    assert value("thompson") == pytest.approx(400 * ln + 48_000 + 1.8)
    assert value("moss") == pytest.approx(49 * 100)
    assert value("moss-anytime") == pytest.approx(113 * 100)
    assert value("kl-ucb++") == pytest.approx(76 * 50 + 1)
    assert value("kl-ucb-switch") == pytest.approx(2501)
    assert value("tsallis-inf") == pytest.approx(401)
    assert value("exp3:gamma=0.1") == pytest.approx((math.e - 1) * 500 + 2 * math.log(2) / 0.1)
    assert value("explore-then-commit:pulls=100") == pytest.approx(10 + 4800 * 0.1 * math.exp(-1))
    assert value("ucb:c=2") == pytest.approx(16 * ln / 0.1 + 8 / 6)  # σ² = 1/4 makes α = 8
    assert value("ucb-v") == pytest.approx(10 * ln * (0.16 / 0.1 + 2))
    assert value("random") == pytest.approx(250)
    assert value("kl-ucb") == pytest.approx(2.2521 * ln, rel=1e-4)
    assert bounds_for("ids", None, 5000, arms=2)[0].value == pytest.approx(math.sqrt(5000 * math.log(2)))


def test_gaussian_arms() -> None:
    means = [1.0, 0.0]
    assert value("ucb:c=3", means, 100, family="gaussian") == pytest.approx(36 * math.log(100) + 4.5 / 2.5)
    assert bound_for("ucb:c=2", means, 100, family="gaussian") is None  # α = 2 is the edge of the theorem
    committed = value("explore-then-commit:pulls=8", means, 100, family="gaussian", variance=4.0)
    assert committed == pytest.approx(8 + 84 * math.exp(-8 / 16))
    assert bound_for("ucb1", means, 100, family="gaussian") is None
    assert bound_for("moss", means, 100, family="gaussian") is None


def test_kl_ucb_leads_with_the_constant_of_lai_and_robbins() -> None:
    near, far = 10**12, 10**15
    growth = (value("kl-ucb:c=3", horizon=far) - value("kl-ucb:c=3", horizon=near)) / math.log(far / near)
    assert 2.2521 < growth < 4 * 2.2521  # the slope falls to the constant as √ln T / ln T does
    bound = bound_for("kl-ucb:c=3", TWO, 5000)
    assert bound is not None
    assert bound.finite_time
    asymptotic = bound_for("kl-ucb:c=0", TWO, 5000)
    assert asymptotic is not None
    assert not asymptotic.finite_time
    assert "asymptotic" in asymptotic.note


def test_constant_epsilon_is_bounded_from_below() -> None:
    bound = bound_for("epsilon-greedy:epsilon=0.1", PROBLEM_B, 1000)
    assert bound is not None
    assert bound.direction == "lower"
    assert bound.value == pytest.approx(0.1 * 1000 * (3 * 0.05 + 3 * 0.08 + 3 * 0.09) / 10)


def test_decreasing_epsilon() -> None:
    policy = "epsilon-decreasing:c=6,d=0.1"
    short, long = value(policy, horizon=1200), value(policy, horizon=10**6)
    assert short == pytest.approx(120)  # before cK/d² = 1200 pulls everything is exploration
    assert long < 0.2 * value("random", horizon=10**6)
    assert bound_for("epsilon-decreasing:c=6,d=0.2", TWO, 1000) is None  # d above the smallest gap


def test_drawn_arms_leave_only_worst_case_bounds() -> None:
    for name in KNOWN:
        for bound in bounds_for(name, None, 1000, arms=10):
            assert bound.kind in ("worst case", "bayesian")
    with pytest.raises(BadInput, match="how many"):
        bounds_for("moss", None, 1000)


def test_every_name_gives_sound_bounds() -> None:
    for name in [*KNOWN, *SAME]:
        for bound in bounds_for(name, PROBLEM_B, 10_000):
            assert math.isfinite(bound.value)
            assert bound.value >= 0
            assert bound.source
            assert bound.formula
        for bound in bounds_for(name, [0.3] * 4, 100):
            assert math.isfinite(bound.value)
    assert bounds_for("ucb-tuned", TWO, 100) == []
    assert bound_for("gradient:alpha=0.1", TWO, 100) is None


def test_measured_regrets_lie_below_the_finite_bounds() -> None:
    """Regrets of reference on problem B, T = 10⁴: UCB1 500.8, Thompson on two arms 8.9 at T = 5000."""
    assert value("ucb1", PROBLEM_B, 10_000) > 500.8
    assert value("thompson", TWO, 5000) > 8.9
    assert value("kl-ucb:c=3", TWO, 5000) > 13.0


def test_ucb1_simulated_stays_below_its_bound() -> None:
    rng, runs, horizon = np.random.default_rng(0), 400, 1000
    means = np.array([0.9, 0.5])
    pulls, wins = np.ones((runs, 2)), (rng.random((runs, 2)) < means).astype(float)
    for t in range(3, horizon + 1):
        arm = (wins / pulls + np.sqrt(2 * np.log(t - 1) / pulls)).argmax(1)
        rows = np.arange(runs)
        wins[rows, arm] += rng.random(runs) < means[arm]
        pulls[rows, arm] += 1
    assert pulls[:, 1].mean() * 0.4 < value("ucb1", [0.9, 0.5], horizon)


def test_a_bound_above_the_worst_arm_says_so() -> None:
    loose, tight = bound_for("moss", PROBLEM_B, 10_000), bound_for("kl-ucb", PROBLEM_B, 10_000)
    assert loose is not None
    assert tight is not None
    assert "says nothing" in loose.note
    assert "costs 900" in loose.note
    assert "says nothing" not in tight.note


def test_bad_input_is_refused() -> None:
    with pytest.raises(BadInput, match="horizon"):
        bound_for("ucb1", TWO, 0)
    with pytest.raises(BadInput, match="family"):
        bound_for("ucb1", TWO, 10, family="bernouli")
    with pytest.raises(BadInput, match="Bernoulli"):
        bound_for("ucb1", [1.4, 0.2], 10)
