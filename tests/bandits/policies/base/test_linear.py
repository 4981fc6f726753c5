"""Ridge regression against numpy.linalg, and how the regret of the linear policies grows."""

from typing import Any

import numpy as np
import pytest

from bandits.policies.base.linear import DIMENSION, MODEL, VOLUME
from bandits.policies.epsilon_greedy import EpsilonGreedy
from bandits.policies.lin_ts import LinTS
from bandits.policies.lin_ucb import LinUCB
from bandits.simulator.simulation import simulate
from bandits.testbeds.contextual import Linear
from bandits.testbeds.gaussian import SuttonBarto
from bandits.theory.bounds.on_testbed import bound_on
from bandits.theory.bounds.statement import Bound
from explore.errors import BadInput

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
def test_the_model_is_ridge_regression(model: str, ridge_history: Any) -> None:
    state, V, theta = ridge_history(LinUCB(ridge=RIDGE), linear_bed(model))
    numbers = model_of(state, model)
    root = numbers[:, : D * D].reshape(-1, D, D)
    np.testing.assert_allclose(root @ root.transpose(0, 2, 1), np.linalg.inv(V), rtol=1e-10)
    np.testing.assert_allclose(numbers[:, D * D : D * D + D], theta, rtol=1e-10)
    volume = np.linalg.slogdet(V)[1] - D * np.log(RIDGE)
    np.testing.assert_allclose(state[VOLUME, : len(volume)], volume, rtol=1e-10)
    assert state[DIMENSION, 0] == D


@pytest.mark.slow
def test_regret_grows_like_a_root_and_stays_under_its_bound() -> None:
    """Sixteen times the pulls cost less than four times the regret (times ln T), a twentieth of what ε-greedy loses.

    The bound is theorem 3 of Abbasi-Yadkori et al. 2011 with L = S = λ = 1; the one that is reported is below it.
    """
    horizon, d, noise, delta = 4096, 4, 0.5, 0.05
    bed = Linear(arms=6, dimension=d, noise=noise)
    result = simulate(bed, [LinUCB(delta=delta), LinTS(), EpsilonGreedy()], runs=60, horizon=horizon, seed=2)
    early = int(np.searchsorted(result.steps, horizon / 16))
    *linear, blind = result.policies
    bound = 4 * np.sqrt(horizon * d * np.log(1 + horizon / d))
    bound *= 1 + noise * np.sqrt(2 * np.log(1 / delta) + d * np.log(1 + horizon / d))
    reported = bound_on(bed, LinUCB(delta=delta), horizon)
    assert isinstance(reported, Bound)
    assert reported.value < bound
    for policy in linear:
        growth = policy.regret / policy.regret_curve[early]
        assert growth < 4 * np.log(horizon) / np.log(horizon / 16)
        assert policy.regret < blind.regret / 20
        assert policy.regrets.max() < reported.value
    assert blind.regret / blind.regret_curve[early] > 12  # what is linear in T: the contexts are not used


def test_a_model_for_each_arm_pays_where_arms_differ() -> None:
    """One θ for all says the same of every arm that shows the same context."""
    bed = Linear(arms=3, dimension=2, parameters="disjoint")
    own, shared = (LinTS(model=model) for model in ("disjoint", "shared"))
    ours, theirs = simulate(bed, [own, shared], runs=30, horizon=600, seed=2).policies
    assert ours.regret < theirs.regret / 4


def test_one_arm_costs_nothing() -> None:
    for policy in simulate(Linear(arms=1), [LinUCB(), LinTS()], runs=5, horizon=30).policies:
        assert policy.regret == 0
        assert policy.optimal == 1


def test_what_is_refused() -> None:
    for policy in (LinUCB(), LinTS()):
        with pytest.raises(BadInput, match="needs contexts, which this testbed does not have: take linear"):
            simulate(SuttonBarto(), [policy], runs=1, horizon=10)
    with pytest.raises(BadInput, match="10,030,000,000 numbers"):
        LinUCB().initial(Linear(arms=10_000, dimension=1000, parameters="disjoint"), 10_000)
