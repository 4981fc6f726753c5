"""Linear Thompson sampling: its draws against the posterior."""

from typing import Any

import numpy as np
import pytest

from bandits.policies.base.linear import MODEL
from bandits.policies.lin_ts import LinTS
from bandits.testbeds.contextual import Linear

ARMS, D, RIDGE, NOISE = 4, 3, 0.7, 0.6
MODELS = ["shared", "disjoint"]


def linear_bed(model: str) -> Linear:
    return Linear(arms=ARMS, dimension=D, noise=NOISE, parameters=model)


def model_of(state: Any, model: str) -> Any:
    """The numbers of each model, `(models, numbers)`."""
    count = D * D + 3 * D
    own = state[MODEL:-D]
    return own[:count].T if model == "disjoint" else own.reshape(1, -1)[:, :count]


@pytest.mark.parametrize("model", MODELS)
def test_lin_ts_draws_from_the_posterior(model: str, ridge_history: Any) -> None:
    """Mean θ̂ and covariance v²R²V⁻¹ of many draws, within five standard errors; the arm is the best under the draw."""
    policy = LinTS(ridge=RIDGE, scale=1.3)
    state, V, theta = ridge_history(policy, linear_bed(model))
    select = policy.functions(linear_bed(model))[0]
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
