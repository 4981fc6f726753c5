"""Thompson sampling: published regret, many runs at once, and its bounds; draws are in `base/test_posterior.py`."""

import math
from typing import Any

import numpy as np
import pytest

from bandits.policies.thompson import Thompson
from bandits.simulator import batched
from bandits.simulator.simulation import simulate
from bandits.theory.bounds.of_policy import bounds_for


@pytest.mark.parametrize(("testbed", "horizon", "published"), [("problem-b", 10_000, 81.1), ("two-arms", 5_000, 8.9)])
def test_published_regret(testbed: str, horizon: int, published: float) -> None:
    result = simulate(testbed, ["thompson"], runs=1000, horizon=horizon, seed=3).policies[0]
    assert abs(result.regret - published) < 4 * result.regret_se


def test_many_runs_at_once_are_those_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    settings: dict[str, Any] = {"runs": batched.BATCH + 3, "horizon": 200, "seed": 4}
    together = simulate(policies=["thompson"], **settings).policies[0]
    monkeypatch.setattr(Thompson, "batched_functions", lambda self, bed: None)
    np.testing.assert_array_equal(together.regrets, simulate(policies=["thompson"], **settings).policies[0].regrets)


def test_the_bound_by_information_is_for_arms_of_the_prior() -> None:
    gaussian: dict[str, Any] = {"arms": 10, "family": "gaussian", "prior": "N(0, 1)"}
    (bound,) = bounds_for("thompson", None, 1000, **gaussian)
    assert bound.value == pytest.approx(math.sqrt(4 * 10 * 1000 * math.log(10)))
    assert bounds_for("thompson", None, 1000, arms=10, family="gaussian", prior="N(4, 1)") == []
    assert bounds_for("thompson:prior=2", None, 1000, **gaussian) == []
    assert bounds_for("thompson:scale=2", None, 1000, **gaussian) == []


def test_it_is_asymptotically_optimal_for_bernoulli_arms() -> None:
    (bound,) = bounds_for("thompson", [0.9, 0.8], 5000)
    assert bound.value == pytest.approx(2.2521 * math.log(5000), rel=1e-4)
    assert bounds_for("thompson:model=gaussian", [0.9, 0.8], 5000) == []
    assert bounds_for("thompson", [1.0, 0.0], 5000, family="gaussian") == []
