"""Gittins' theorem on small bandits, against policy iteration and value iteration over joint states."""

import numpy as np
import pytest

from bandits.theory.gittins.joint_chain import JointChain, MarkovArm
from explore.errors import BadInput


def random_arms(seed: int) -> list[MarkovArm]:
    rng = np.random.default_rng(seed)
    return [MarkovArm(rng.dirichlet(np.full(n, 0.5), size=n), rng.normal(size=n)) for n in (2, 3, 4)]


@pytest.mark.parametrize("discount", [0.5, 0.9, 0.98])
def test_gittins_policy_is_optimal(discount: float) -> None:
    beaten = 0
    for seed in range(15):
        joint = JointChain(random_arms(seed), discount)
        assert joint.oracle_value() == pytest.approx(joint.best_value(), abs=1e-7)
        assert np.all(joint.greedy_value() <= joint.best_value() + 1e-9)
        beaten += bool((joint.best_value() - joint.greedy_value()).max() > 1e-3)
    assert beaten > 3  # looking one pull ahead is not enough


def test_best_value_is_a_fixed_point_of_value_iteration() -> None:
    joint = JointChain(random_arms(3), 0.8)
    value = np.zeros(len(joint.states))
    for _ in range(200):
        value = (joint.rewards + 0.8 * joint.transitions @ value).max(0)
    assert joint.best_value() == pytest.approx(value, abs=1e-9)


def test_only_the_pulled_arm_moves() -> None:
    joint = JointChain(random_arms(0), 0.9)
    for a in range(3):
        from_state, to_state = np.nonzero(joint.transitions[a])
        others = [b for b in range(3) if b != a]
        assert np.array_equal(joint.states[from_state][:, others], joint.states[to_state][:, others])
    assert joint.transitions.sum(-1) == pytest.approx(np.ones((3, 24)))


def test_no_arms_are_refused() -> None:
    with pytest.raises(BadInput):
        JointChain([], 0.9)
