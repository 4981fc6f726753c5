"""Linear Thompson sampling: its draws against the posterior."""

from typing import Any

import numpy as np
import pytest

from bandits.policies.base.linear import MODEL
from bandits.policies.lin_ts import LinTS
from bandits.testbeds.contextual import Linear

ARMS, D, RIDGE, NOISE = 4, 3, 0.7, 0.6
MODELS = ["shared", "disjoint"]


def learnt(policy: Any, model: str, steps: int = 60) -> tuple[Any, Any, Any]:
    """The state after a random history; V `(models, d, d)` and θ̂ `(models, d)` of that history by linear algebra."""
    rng, bed = np.random.default_rng(3), Linear(arms=ARMS, dimension=D, noise=NOISE, parameters=model)
    state = np.vstack([policy.initial(bed, 100), np.zeros((D, ARMS))])
    update = policy.functions(bed)[1]
    disjoint = model == "disjoint"
    V, b = np.tile(RIDGE * np.eye(D), (ARMS if disjoint else 1, 1, 1)), np.zeros((ARMS if disjoint else 1, D))
    for _ in range(steps):
        state[-D:] = contexts(rng)
        arm, reward = int(rng.integers(ARMS)), float(rng.normal())
        x = state[-D:, arm].copy()
        update(state, arm, reward, np.zeros(1, np.uint64))
        V[arm if disjoint else 0] += np.outer(x, x)
        b[arm if disjoint else 0] += reward * x
    state[-D:] = contexts(rng)
    return state, V, np.linalg.solve(V, b[..., None])[..., 0]


def contexts(rng: Any) -> Any:
    return rng.normal(size=(D, ARMS))


def model_of(state: Any, model: str) -> Any:
    """The numbers of each model, `(models, numbers)`."""
    count = D * D + 3 * D
    own = state[MODEL:-D]
    return own[:count].T if model == "disjoint" else own.reshape(1, -1)[:, :count]


@pytest.mark.parametrize("model", MODELS)
def test_lin_ts_draws_from_the_posterior(model: str) -> None:
    """Mean θ̂ and covariance v²R²V⁻¹ of many draws, within five standard errors; the arm is the best under the draw."""
    policy = LinTS(ridge=RIDGE, scale=1.3)
    state, V, theta = learnt(policy, model)
    select = policy.functions(Linear(arms=ARMS, dimension=D, noise=NOISE, parameters=model))[0]
    rng, count = np.array([4], np.uint64), 8000
    drawn = np.empty((count, len(V), D))
    for draw in drawn:
        arm = select(state, 61, rng)
        draw[:] = model_of(state, model)[:, -D:]
        assert arm == (state[-D:].T * draw).sum(1).argmax()
    covariance = (1.3 * NOISE) ** 2 * np.linalg.inv(V)
    for one in range(len(V)):
        variance = np.diag(covariance[one])
        assert (np.abs(drawn[:, one].mean(0) - theta[one]) < 5 * np.sqrt(variance / count)).all()
        # the variance of a product of two normal numbers: Σ_ii Σ_jj + Σ_ij²
        error = np.sqrt((np.outer(variance, variance) + covariance[one] ** 2) / count)
        assert (np.abs(np.cov(drawn[:, one].T) - covariance[one]) < 5 * error).all()
