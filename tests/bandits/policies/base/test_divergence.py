"""Bounds by divergence against SciPy's root finder, and the lazy search against solving every arm."""

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad
from scipy.optimize import brentq

from bandits.policies.base import divergence
from bandits.policies.imed import IMED
from bandits.policies.kl_ucb import KLUCB
from bandits.policies.kl_ucb_plus import KLUCBPlus
from bandits.simulator.simulation import simulate
from bandits.testbeds.bernoulli import ProblemB
from bandits.testbeds.families import Exponential, Poisson
from bandits.testbeds.gaussian import SuttonBarto
from explore.errors import BadInput


def apart(p: float, q: float) -> float:
    """d(p, q) as the books have it."""
    return sum(a * math.log(a / b) for a, b in ((p, q), (1 - p, 1 - q)) if a > 0)


def solved(p: float, level: float) -> float:
    """The root by bisection."""
    if p == 1.0 or level <= 0.0:
        return p
    top = 1.0 - 1e-16
    return (
        top if apart(p, top) < level else float(brentq(lambda q: apart(p, q) - level, max(p, 1e-300), top, xtol=1e-15))
    )


def after_pulls(policy: Any, bed: Any, horizon: int = 400) -> Any:
    """A state after some pulls of every arm, with averages on both sides of each other."""
    state = policy.initial(bed, horizon)
    random, rng = np.random.default_rng(3), np.zeros(1, np.uint64)
    _, update = policy.functions(bed)
    for n in range(60):
        arm = n % bed.arms if n < 20 else int(random.integers(bed.arms))
        update(state, arm, float(random.random() < 0.3), rng)
    return state


@pytest.mark.parametrize(
    "policy", [KLUCB(), KLUCB(c=3.0), KLUCBPlus(), KLUCB(family="gaussian")], ids=["kl", "c", "plus", "gaussian"]
)
def test_the_lazy_choice_is_the_largest_bound(policy: Any) -> None:
    """Through many steps without news, where the tangents grow old, against every equation solved afresh."""
    bed = ProblemB() if policy.settings.family != "gaussian" else SuttonBarto()
    state, rng = after_pulls(policy, bed), np.zeros(1, np.uint64)
    select, update = policy.functions(bed)
    random = np.random.default_rng(0)
    for t in range(61, 400):
        values, pulls = state[divergence.VALUES], state[divergence.PULLS]
        level = math.log(t - 1) + getattr(policy.settings, "c", 0.0) * math.log(math.log(t - 1))
        levels = level - (np.log(pulls) if isinstance(policy, KLUCBPlus) else np.zeros(bed.arms))
        if policy.settings.family == "gaussian":
            bounds = values + np.sqrt(2 * np.maximum(levels, 0) / pulls)
        else:
            bounds = np.array([solved(p, x / n) for p, x, n in zip(values, levels, pulls, strict=True)])
        arm = select(state, t, rng)
        assert bounds[arm] == pytest.approx(bounds.max(), abs=1e-7)
        if random.random() < 0.5:  # else nothing is learned: the same solutions at a later step
            update(state, arm, float(random.random() < 0.3), rng)


def poisson(p: float, q: float) -> float:
    """Σ_k of the definition, with the distributions of SciPy."""
    k = np.arange(200)
    one, other = stats.poisson(p), stats.poisson(q)
    return float((one.pmf(k) * (one.logpmf(k) - other.logpmf(k))).sum())


def exponential(p: float, q: float) -> float:
    """∫ of the definition."""
    one, other = stats.expon(scale=p), stats.expon(scale=q)
    return float(quad(lambda x: one.pdf(x) * (one.logpdf(x) - other.logpdf(x)), 0, 60 * p)[0])


@pytest.mark.parametrize(("bed", "definition"), [(Poisson(arms=2), poisson), (Exponential(arms=2), exponential)])
def test_families_of_counts_and_of_waiting_times(bed: Any, definition: Any) -> None:
    """The model is the testbed's own; a solved bound is where n d(p, q) = ln t by the definition of d, and IMED."""
    policy, rng = KLUCB(), np.zeros(1, np.uint64)
    state = policy.initial(bed, 100)
    for arm, reward in ((0, 0.5), (0, 1.5), (0, 0.4), (1, 1.0), (1, 3.0)):
        policy.functions(bed)[1](state, arm, reward, rng)
    assert policy.functions(bed)[0](state, 6, rng) == 1
    bound = state[divergence.INDEX, 1]
    assert 2 * definition(2.0, bound) == pytest.approx(math.log(5), rel=1e-6)
    step = 1e-4  # the slope is that of the solution as the level grows
    higher = brentq(lambda q: 2 * definition(2.0, q) - math.log(5) - step, 2.0, 50.0, xtol=1e-13)
    assert state[divergence.SLOPE, 1] == pytest.approx((higher - bound) / step, rel=1e-3)
    IMED().functions(bed)[0](state, 6, rng)
    assert -state[divergence.INDEX] == pytest.approx([3 * definition(0.8, 2.0) + math.log(3), math.log(2)], rel=1e-6)


def test_a_family_that_does_not_fit_is_refused() -> None:
    with pytest.raises(BadInput, match=r"family=bernoulli needs rewards in \[0, 1\]"):
        simulate("sutton-barto", ["kl-ucb:family=bernoulli"], runs=1)
    with pytest.raises(BadInput, match="family=poisson needs rewards of at least 0"):
        simulate("sutton-barto", ["imed:family=poisson"], runs=1)
