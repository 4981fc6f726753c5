"""Verdicts on returns and on what was learnt."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bandits.theory.exact import exact_values

BEST = np.random.default_rng(1).normal(20.0, 2.0, size=400)
NOISE = np.random.default_rng(2).normal(size=400)


def simulated(spec: str, returns: Any, horizon: int = 100, discount: float = 0.7) -> Any:
    policy = SimpleNamespace(spec=spec, returns=returns, estimands=None, estimates=None)
    return SimpleNamespace(discount=discount, horizon=horizon, optimum=BEST, policies=[policy])


def test_the_return_of_gittins_policy_is_held_against_the_optimum() -> None:
    (result,) = exact_values(simulated("gittins", BEST + NOISE))
    assert (result.quantity, result.off) == ("discounted return", None)
    assert result.exact == pytest.approx(BEST.mean())
    assert result.own == pytest.approx((BEST + NOISE).mean())
    assert result.standard_error == pytest.approx(NOISE.std(ddof=1) / 20)
    assert result.agrees
    assert not exact_values(simulated("gittins", BEST + NOISE - 0.4))[0].agrees


def test_who_need_not_reach_the_optimum_is_not_evaluated() -> None:
    """Other policies, another discount than the testbed's, a horizon that leaves much of the return."""
    assert exact_values(simulated("gittins:discount=0.7", BEST)) != []
    for spec in ("duff", "gittins:discount=0.5"):
        assert exact_values(simulated(spec, BEST)) == []
    assert exact_values(simulated("gittins", BEST, horizon=15)) == []
    unknown = simulated("gittins", BEST)
    unknown.optimum = None
    assert exact_values(unknown) == []


def test_what_was_learnt_is_evaluated_run_by_run() -> None:
    """19 of 20 runs must be within a tenth; a mean that is right by chance does not help."""
    learnt = np.full((40, 3), [10.0, 5.0, 0.0])
    learnt[:2, 0] = 12.0
    learnt[:20, 1], learnt[20:, 1] = 4.0, 6.0
    learnt[:3, 2] = 1.0
    run = simulated("duff", BEST[:40])
    run.policies[0].estimands = SimpleNamespace(names=("a", "b", "gone"), exact=np.array([10.0, 5.0, 0.0]))
    run.policies[0].estimates = learnt
    result = exact_values(run)
    assert [(row.quantity, row.off, row.agrees) for row in result] == [
        ("a", 0.05, True),
        ("b", 1.0, False),
        ("gone", 0.075, False),
    ]
    assert result[1].own == 5.0
