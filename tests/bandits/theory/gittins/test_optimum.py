"""Whittle's integral against policy iteration on the joint states, and against plain cases."""

import numpy as np
import pytest

from bandits.theory.gittins.duff import two_tasks
from bandits.theory.gittins.indices import eliminate
from bandits.theory.gittins.joint_chain import JointChain, MarkovArm
from bandits.theory.gittins.optimum import best_return
from explore.errors import BadInput


@pytest.mark.parametrize("discount", [0.5, 0.9, 0.98])
def test_the_best_return_is_that_of_the_joint_decision_process(discount: float) -> None:
    """Arms of different sizes, rewards of either sign, from every joint state."""
    for seed in range(8):
        rng = np.random.default_rng(seed)
        arms = [MarkovArm(rng.dirichlet(np.full(n, 0.5), size=n), rng.normal(size=n)) for n in (2, 3, 4)]
        joint = JointChain(arms, discount)
        optima = [best_return(arms, states.tolist(), discount) for states in joint.states]
        assert optima == pytest.approx(joint.best_value(), abs=1e-8)


def test_two_tasks() -> None:
    joint = JointChain(two_tasks(), 0.7)
    assert [best_return(two_tasks(), states.tolist(), 0.7) for states in joint.states] == pytest.approx(
        joint.best_value()
    )


def test_equal_indices_and_copies() -> None:
    """Arms that pay the same for ever are worth one of them; a second copy of a chain is worth something."""
    constant = MarkovArm(np.eye(2), np.array([2.0, 2.0]))
    assert best_return([constant, constant], [0, 1], 0.9) == pytest.approx(20.0)
    chain = two_tasks()[1]
    alone, twice = best_return([chain], [1], 0.7), best_return([chain, chain], [1, 1], 0.7)
    assert alone == pytest.approx(np.linalg.solve(np.eye(2) - 0.7 * chain.transitions, chain.rewards)[1])
    assert twice == pytest.approx(JointChain([chain, chain], 0.7).best_value()[3])
    assert twice > alone + 0.1


def test_many_arms_are_worth_more_than_few() -> None:
    """Beyond what joint states allow: 12 arms of 6 states would have two thousand million."""
    rng = np.random.default_rng(1)
    arms = [MarkovArm(rng.dirichlet(np.ones(6), size=6), rng.random(6)) for _ in range(12)]
    values = [best_return(arms[:n], [0] * n, 0.95) for n in range(1, 13)]
    assert np.all(np.diff(values) >= -1e-12)
    assert values[-1] <= 1 / (1 - 0.95)


def test_discounted_time_to_leave_the_best_states() -> None:
    """E[γ^τ] by a linear system: 1 in the states outside, γ Σ P E inside."""
    rng = np.random.default_rng(2)
    matrix, reward = rng.dirichlet(np.ones(5), size=5), rng.random(5)
    for start in range(5):
        index, leaving = eliminate(0.8 * matrix, reward.copy(), start)
        for z in range(5):
            inside = index >= index[z]
            expected = np.linalg.solve(np.eye(5) - 0.8 * inside[:, None] * matrix, (~inside).astype(float))
            assert leaving[z] == pytest.approx(expected[start], abs=1e-12)


def test_bad_input_is_refused() -> None:
    with pytest.raises(BadInput, match="at least one arm"):
        best_return([], [], 0.9)
    with pytest.raises(BadInput, match="one state for each"):
        best_return(two_tasks(), [0], 0.9)
    with pytest.raises(BadInput, match="state 2 is not a state of an arm with 2 states"):
        best_return(two_tasks(), [0, 2], 0.9)
    with pytest.raises(BadInput, match="discount"):
        best_return(two_tasks(), [0, 0], 1.0)
