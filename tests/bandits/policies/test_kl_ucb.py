"""KL-UCB: published regret, and its bound; the index is tested in `base/test_divergence.py`."""

import math

import numpy as np
import pytest

from bandits.simulator.simulation import simulate
from bandits.theory.bounds.of_policy import bounds_for

TWO = [0.9, 0.8]
PROBLEM_B = [0.1, *[0.05] * 3, *[0.02] * 3, *[0.01] * 3]


def finite(means: list[float], horizon: int, spec: str = "kl-ucb") -> float:
    return next(bound.value for bound in bounds_for(spec, means, horizon) if bound.finite_time)


@pytest.mark.parametrize(("testbed", "horizon", "published"), [("problem-b", 10_000, 112.1), ("two-arms", 5_000, 13.0)])
def test_published_regret(testbed: str, horizon: int, published: float) -> None:
    result = simulate(testbed, ["kl-ucb"], runs=400, horizon=horizon, seed=1).policies[0]
    assert abs(result.regret - published) < 4 * result.regret_se


def test_its_bound_leads_with_the_constant_of_lai_and_robbins() -> None:
    """With f(t) = t ln³t the sum over 1/f stays finite, and R_T ≤ (C + o(1)) ln T."""
    at = [finite(TWO, 10**decades, "kl-ucb:c=3") for decades in (4, 5, 6)]
    slopes = np.diff(at) / math.log(10)
    assert 2.2521 < slopes[1] < slopes[0] < 4 * 2.2521  # it falls to the constant as √ln T / ln T does
    asymptotic = bounds_for("kl-ucb:c=0", TWO, 5000)[-1]
    assert not asymptotic.finite_time
    assert "asymptotic" in asymptotic.note
    assert asymptotic.value == pytest.approx(2.2521 * math.log(5000), rel=1e-4)


def test_its_bound_at_one_choice_by_hand() -> None:
    """The grid has p = μ + Δ/10 and q = μ* − Δ/10; no choice in it may be missed, and none may beat theory."""
    kl = lambda p, q: p * math.log(p / q) + (1 - p) * math.log((1 - p) / (1 - q))  # noqa: E731
    horizon, (best, mean) = 2000, (0.9, 0.5)
    p, q = mean + 0.04, best - 0.04
    late = sum(min(1 / (t * math.expm1(kl(q, best))), 1) for t in range(2, horizon))
    pulls = 1 + math.log(horizon - 1) / kl(p, q) + 1 / math.expm1(kl(p, mean)) + late
    assert finite([best, mean], horizon) <= 0.4 * pulls
    assert finite([best, mean], horizon) > 0.4 * math.log(horizon - 1) / kl(mean, best)


def test_measured_regrets_lie_below_its_bound() -> None:
    """112.1 on problem B at T = 10⁴ and 13.0 on two arms at T = 5000, of another implementation."""
    assert finite(PROBLEM_B, 10_000) > 112.1
    assert finite(TWO, 5000) > 13.0
