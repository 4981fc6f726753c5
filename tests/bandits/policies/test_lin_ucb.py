"""LinUCB: its choice against linear algebra, and its bound."""

import math
from typing import Any

import numpy as np
import pytest

from bandits.policies.base import linear as contextual
from bandits.policies.lin_ucb import LinUCB
from bandits.testbeds.contextual import Linear
from bandits.theory.bounds.of_policy import bounds_for

ARMS, D, RIDGE, NOISE = 4, 3, 0.7, 0.6
MODELS = ["shared", "disjoint"]


def linear_bed(model: str) -> Linear:
    return Linear(arms=ARMS, dimension=D, noise=NOISE, parameters=model)


def contexts(rng: Any) -> Any:
    return rng.normal(size=(D, ARMS))


def widths(state: Any, V: Any) -> Any:
    """√(xᵀV⁻¹x) of each arm."""
    inverse = np.broadcast_to(np.linalg.inv(V), (ARMS, D, D))
    return np.sqrt(np.einsum("ia,aij,ja->a", state[-D:], inverse, state[-D:]))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("alpha", [0.0, 0.8])
def test_lin_ucb_takes_the_largest_bound(alpha: float, model: str, ridge_history: Any) -> None:
    """With the constant width of Li et al., or the radius of Abbasi-Yadkori et al. from determinants."""
    policy = LinUCB(ridge=RIDGE, alpha=alpha, delta=0.1, norm=1.5)
    state, V, theta = ridge_history(policy, linear_bed(model))
    select = policy.functions(linear_bed(model))[0]
    ratio = np.sqrt(np.linalg.det(V) / np.linalg.det(RIDGE * np.eye(D)))
    radius = NOISE * np.sqrt(2 * np.log(ratio * len(V) / 0.1)) + np.sqrt(RIDGE) * 1.5
    rng = np.random.default_rng(5)
    for _ in range(20):
        state[-D:] = contexts(rng)
        bounds = (state[-D:].T * theta).sum(1) + (alpha or radius) * widths(state, V)
        assert select(state, 61, np.array([9], np.uint64)) == bounds.argmax()
        np.testing.assert_allclose(state[contextual.INDEX], bounds, rtol=1e-10)


CONTEXTS: dict[str, Any] = {"arms": 6, "family": "gaussian", "dimension": 4, "lengths": (1.0, 1.0), "linear": "shared"}


def test_its_bound_by_hand() -> None:
    """T = 4096, R = 1/2, λ = 2, S = 3 assumed."""
    volume = 4 * math.log(1 + 4096 / 8)
    radius = math.sqrt(2) * 3 + 0.5 * math.sqrt(2 * math.log(100) + volume)
    (bound,) = bounds_for("lin-ucb:ridge=2,norm=3,delta=0.01", None, 4096, variance=0.25, **CONTEXTS)
    assert bound.value == pytest.approx(2 * radius * math.sqrt(2 * 4096 * volume) + 2 * 0.01 * 4096)


def test_its_bound_does_not_depend_on_the_unit_of_length() -> None:
    """Contexts twice as long with parameters half as long have the same means; λ and S must follow."""
    (plain,) = bounds_for("lin-ucb:ridge=1,norm=1", None, 1000, **CONTEXTS)
    scaled = {**CONTEXTS, "lengths": (2.0, 0.5)}
    (bound,) = bounds_for("lin-ucb:ridge=4,norm=0.5", None, 1000, **scaled)
    assert bound.value == pytest.approx(plain.value)
    assert bounds_for("lin-ucb:norm=0.4", None, 1000, **scaled) == []
