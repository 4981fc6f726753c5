"""Divergences against SciPy's distributions; the inverse against brute force and a root finder."""

import math

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import brentq

from bandits.theory import divergences
from bandits.theory.divergences import (
    kl_bernoulli,
    kl_exponential,
    kl_gaussian,
    kl_poisson,
    upper_bernoulli,
    upper_exponential,
    upper_gaussian,
    upper_poisson,
)

BUDGETS = [1e-12, 1e-9, 1e-6, 1e-4, 0.01, 0.1, 0.5, 1.0, 3.0, 10.0, 40.0]
CENTRES = [1e-9, 1e-4, 0.01, 0.1, 0.37, 0.5, 0.8, 0.99, 0.9999]


def test_bernoulli_by_hand() -> None:
    assert kl_bernoulli(0.5, 0.25) == pytest.approx(0.5 * math.log(2) + 0.5 * math.log(2 / 3))
    assert kl_bernoulli(0.0, 0.3) == pytest.approx(-math.log(0.7))
    assert kl_bernoulli(1.0, 0.3) == pytest.approx(-math.log(0.3))
    assert kl_bernoulli(0.4, 1.0) == math.inf
    assert kl_bernoulli(0.4, 0.0) == math.inf
    assert kl_bernoulli(1.0, 1.0) == kl_bernoulli(0.0, 0.0) == 0.0


def test_divergences_are_expected_log_ratios() -> None:
    counts = np.arange(200)
    first, second = stats.poisson(3.0), stats.poisson(5.5)
    summed = float(np.sum(first.pmf(counts) * (first.logpmf(counts) - second.logpmf(counts))))
    assert kl_poisson(3.0, 5.5) == pytest.approx(summed, rel=1e-9)
    x = np.linspace(-12, 14, 200_001)
    a, b = stats.norm(1.0, 1.5), stats.norm(-0.5, 1.5)
    assert kl_gaussian(1.0, -0.5, 1.5**2) == pytest.approx(
        np.trapezoid(a.pdf(x) * (a.logpdf(x) - b.logpdf(x)), x), rel=1e-6
    )
    y = np.linspace(0, 120, 400_001)
    c, e = stats.expon(scale=2.0), stats.expon(scale=0.7)
    assert kl_exponential(2.0, 0.7) == pytest.approx(np.trapezoid(c.pdf(y) * (c.logpdf(y) - e.logpdf(y)), y), rel=1e-6)


def test_poisson_edges() -> None:
    assert kl_poisson(0.0, 2.0) == 2.0
    assert kl_poisson(2.0, 0.0) == math.inf
    assert upper_poisson(0.0, 0.7) == 0.7


@pytest.mark.parametrize("d", BUDGETS)
@pytest.mark.parametrize("p", CENTRES)
def test_bernoulli_inverse_agrees_with_a_root_finder(p: float, d: float) -> None:
    upper = upper_bernoulli(p, d)
    assert p <= upper <= 1.0
    top = 1.0 - 1e-16
    if kl_bernoulli(p, top) <= d:
        assert upper == pytest.approx(1.0, abs=1e-15)
    else:
        assert upper == pytest.approx(brentq(lambda q: kl_bernoulli(p, q) - d, p, top, xtol=1e-15), abs=1e-10)


@pytest.mark.parametrize("d", BUDGETS)
@pytest.mark.parametrize("mu", [1e-6, 0.1, 1.0, 40.0])
def test_unbounded_inverses_agree_with_a_root_finder(mu: float, d: float) -> None:
    high = mu + d + math.sqrt(2 * mu * d + d * d) + 1.0
    assert upper_poisson(mu, d) == pytest.approx(brentq(lambda q: kl_poisson(mu, q) - d, mu, high), rel=1e-9)
    log_ratio = brentq(lambda y: math.expm1(-y) + y - d, 0.0, d + 2.0, xtol=1e-15)
    assert upper_exponential(mu, d) == pytest.approx(mu * math.exp(log_ratio), rel=1e-9)
    assert kl_gaussian(mu, upper_gaussian(mu, d, 2.5), 2.5) == pytest.approx(d, rel=1e-6)


def test_bernoulli_inverse_by_brute_force() -> None:
    grid = np.linspace(0, 1, 1_000_001)
    for p, d in [(0.2, 0.05), (0.6, 0.3), (0.95, 0.02)]:
        inside = [q for q in grid[grid >= p] if kl_bernoulli(p, q) <= d]
        assert upper_bernoulli(p, d) == pytest.approx(max(inside), abs=2e-6)


def test_inverse_is_exact_on_extreme_cases() -> None:
    """KL at the answer is the budget, to the resolution of the answer; never NaN, never outside [p, 1]."""
    rng = np.random.default_rng(0)
    p = rng.permuted(np.concatenate([10 ** rng.uniform(-9, 0, 60_000), 1 - 10 ** rng.uniform(-9, -0.01, 60_000)]))
    d = 10 ** rng.uniform(-9, 1.6, len(p))
    q = np.array([upper_bernoulli(centre, budget) for centre, budget in zip(p, d, strict=True)])
    assert np.all(np.isfinite(q))
    assert np.all((q >= p) & (q <= 1))
    below, above = np.maximum(q - 1e-10, p), q + 1e-10
    assert all(kl_bernoulli(*pair) <= budget for *pair, budget in zip(p, below, d, strict=True))
    inside = above < 1
    assert all(kl_bernoulli(*pair) >= budget for *pair, budget in zip(p[inside], above[inside], d[inside], strict=True))


def test_edges_of_the_inverse() -> None:
    assert upper_bernoulli(0.3, 0.0) == 0.3
    assert upper_bernoulli(1.0, 5.0) == 1.0
    assert upper_bernoulli(0.0, 0.2) == pytest.approx(1 - math.exp(-0.2), abs=1e-15)
    assert upper_bernoulli(0.5, 1e6) == 1.0
    assert upper_exponential(2.0, 0.0) == 2.0


def test_few_newton_steps_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """The interpreted function with a limit of 12 steps gives what the compiled one gives with 64."""
    monkeypatch.setattr(divergences, "STEPS", 12)
    plain = upper_bernoulli.py_func  # type: ignore[attr-defined]
    for p in CENTRES:
        for d in BUDGETS:
            assert plain(p, d) == pytest.approx(upper_bernoulli(p, d), abs=1e-12)
