"""Bounds against values worked by hand, their conditions, and simulations that must stay below them."""

import math
from typing import Any

import numpy as np
import pytest
from bandits.theory.bounds.catalogue import KNOWN, SAME, bound_for, bounds_for

from explore.errors import BadInput

TWO = [0.9, 0.8]
PROBLEM_B = [0.1, *[0.05] * 3, *[0.02] * 3, *[0.01] * 3]


def value(policy: str, means: list[float] | None = None, horizon: int = 5000, **conditions: object) -> float:
    bound = bound_for(policy, TWO if means is None else means, horizon, **conditions)
    assert bound is not None
    return bound.value


def finite(policy: str, means: list[float] | None = None, horizon: int = 5000, **conditions: Any) -> float:
    """The finite-time upper bound, whether or not it says something yet."""
    known = bounds_for(policy, TWO if means is None else means, horizon, **conditions)
    return min(bound.value for bound in known if bound.finite_time and bound.direction == "upper")


def test_values_by_hand() -> None:
    ln = math.log(5000)
    assert finite("ucb1") == pytest.approx(80 * ln + 0.1 * (1 + math.pi**2 / 3))
    assert finite("moss") == pytest.approx(39 * math.sqrt(0.25 * 5000 * 2) + 0.1)
    assert value("tsallis-inf") == pytest.approx(401)
    assert finite("exp3:gamma=0.1") == pytest.approx((math.e - 1) * 500 + 2 * math.log(2) / 0.1)
    assert value("exp3") == pytest.approx(2 * math.sqrt((math.e - 1) * 5000 * 2 * math.log(2)))  # corollary 3.2
    assert value("explore-then-commit:pulls=100") == pytest.approx(10 + 4800 * 0.1 * math.exp(-1))
    assert finite("ucb:c=2") == pytest.approx(16 * ln / 0.1 + 0.1 * 8 / 6)  # σ² = 1/4 makes α = 8
    assert finite("ucb1:alpha=4") == pytest.approx(16 * ln / 0.1 + 0.1 * 8 / 6)  # the same index
    assert value("random") == pytest.approx(250)
    assert value("imed") == pytest.approx(2.2521 * ln, rel=1e-4)
    assert value("thompson") == pytest.approx(2.2521 * ln, rel=1e-4)


def test_gaussian_arms() -> None:
    means = [1.0, 0.0]
    assert finite("ucb:c=3", means, 100, family="gaussian") == pytest.approx(36 * math.log(100) + 4.5 / 2.5)
    assert bound_for("ucb:c=2", means, 100, family="gaussian") is None  # α = 2 is the edge of the theorem
    committed = value("explore-then-commit:pulls=8", means, 100, family="gaussian", variance=4.0)
    assert committed == pytest.approx(8 + 84 * math.exp(-8 / 16))
    assert bound_for("ucb1", means, 100, family="gaussian") is None
    assert finite("moss", means, 100, family="gaussian", variance=4.0) == pytest.approx(78 * math.sqrt(200) + 1)
    assert bounds_for("moss", means, 100, family="unknown") == []
    assert bounds_for("kl-ucb-switch", means, 100, family="gaussian") == []


def test_kl_ucb_leads_with_the_constant_of_lai_and_robbins() -> None:
    """With f(t) = t ln³t the sum over 1/f stays finite, and R_T ≤ (C + o(1)) ln T."""
    at = [finite("kl-ucb:c=3", horizon=10**decades) for decades in (4, 5, 6)]
    slopes = np.diff(at) / math.log(10)
    assert 2.2521 < slopes[1] < slopes[0] < 4 * 2.2521  # it falls to the constant as √ln T / ln T does
    asymptotic = bounds_for("kl-ucb:c=0", TWO, 5000)[-1]
    assert not asymptotic.finite_time
    assert "asymptotic" in asymptotic.note
    assert asymptotic.value == pytest.approx(2.2521 * math.log(5000), rel=1e-4)


def test_the_bound_of_kl_ucb_at_one_choice_by_hand() -> None:
    """The grid has p = μ + Δ/10 and q = μ* − Δ/10; no choice in it may be missed, and none may beat theory."""
    kl = lambda p, q: p * math.log(p / q) + (1 - p) * math.log((1 - p) / (1 - q))  # noqa: E731
    horizon, (best, mean) = 2000, (0.9, 0.5)
    p, q = mean + 0.04, best - 0.04
    late = sum(min(1 / (t * math.expm1(kl(q, best))), 1) for t in range(2, horizon))
    chosen = 1 + math.log(horizon - 1) / kl(p, q) + 1 / math.expm1(kl(p, mean)) + late
    assert finite("kl-ucb", [best, mean], horizon) <= 0.4 * chosen
    assert finite("kl-ucb", [best, mean], horizon) > 0.4 * math.log(horizon - 1) / kl(mean, best)


def test_constant_epsilon_is_bounded_from_below() -> None:
    bound = bound_for("epsilon-greedy:epsilon=0.1", PROBLEM_B, 1000)
    assert bound is not None
    assert bound.direction == "lower"
    assert bound.value == pytest.approx(0.1 * 1000 * (3 * 0.05 + 3 * 0.08 + 3 * 0.09) / 10)


def test_schedules_of_epsilon() -> None:
    """While x is small the bound is trivial; later it is the cost of exploring and of the errors after x pulls."""
    assert finite("epsilon-decreasing:c=6,d=0.1", horizon=1200) == pytest.approx(120)
    assert finite("epsilon-decreasing:c=6,d=0.1", horizon=10**6) < 0.2 * value("random", horizon=10**6)
    horizon, first = 10_000, 2000  # two arms, Δ = 0.4, κ = 0.08, x = 500 when exploration ends
    late = 2 * (501 * math.exp(-100) + math.exp(-40) / 0.08)
    by_hand = finite(f"epsilon-first:pulls={first}", [0.9, 0.5], horizon)
    assert by_hand == pytest.approx(first * 0.4, rel=0.5)
    assert by_hand >= first * 0.4 / 2 + (horizon - first) * 0.4 * late
    assert bound_for("epsilon-greedy:alpha=0.1,epsilon=0", TWO, 100) is None  # no sample averages


def test_drawn_arms_leave_what_needs_no_gaps() -> None:
    for name in KNOWN:
        for bound in bounds_for(name, None, 1000, arms=10):
            assert bound.kind in ("worst case", "bayesian")
    lower = bounds_for("epsilon-greedy", None, 1000, arms=10, family="gaussian", mean_gap=1.5)
    assert [bound.value for bound in lower] == [150]
    with pytest.raises(BadInput, match="how many"):
        bounds_for("moss", None, 1000)


def test_the_bound_by_information_is_for_arms_of_the_prior() -> None:
    gaussian: dict[str, Any] = {"arms": 10, "family": "gaussian", "prior": "N(0, 1)"}
    (bound,) = bounds_for("thompson", None, 1000, **gaussian)
    assert bound.value == pytest.approx(math.sqrt(4 * 10 * 1000 * math.log(10)))
    coins = bounds_for("information-directed", None, 5000, arms=2, prior="U[0, 1]")
    assert [bound.value for bound in coins] == [pytest.approx(math.sqrt(5000 * math.log(2)))]
    assert bounds_for("thompson", None, 1000, arms=10, family="gaussian", prior="N(4, 1)") == []
    assert bounds_for("thompson:prior=2", None, 1000, **gaussian) == []


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
    assert bounds_for("ucb-v", TWO, 100) == []  # a constant that could not be checked is not given


def test_measured_regrets_lie_below_the_finite_bounds() -> None:
    """Regrets of reference: UCB1 500.8 and KL-UCB 112.1 on problem B at T = 10⁴, KL-UCB 13.0 on two arms."""
    assert finite("ucb1", PROBLEM_B, 10_000) > 500.8
    assert finite("kl-ucb", PROBLEM_B, 10_000) > 112.1
    assert finite("kl-ucb", TWO, 5000) > 13.0


def test_ucb1_simulated_stays_below_its_bound() -> None:
    rng, runs, horizon = np.random.default_rng(0), 400, 1000
    means = np.array([0.9, 0.5])
    pulls, wins = np.ones((runs, 2)), (rng.random((runs, 2)) < means).astype(float)
    for t in range(3, horizon + 1):
        arm = (wins / pulls + np.sqrt(2 * np.log(t - 1) / pulls)).argmax(1)
        rows = np.arange(runs)
        wins[rows, arm] += rng.random(runs) < means[arm]
        pulls[rows, arm] += 1
    assert pulls[:, 1].mean() * 0.4 < finite("ucb1", [0.9, 0.5], horizon)


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
