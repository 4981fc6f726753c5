"""Duff's learner: its updates by hand, convergence under constant ε, and the Boltzmann schedule that sticks."""

import numpy as np
import pytest

from bandits.theory.gittins.duff import BOLTZMANN, CONSTANT, Exploration, _learn, choose, duff_study, learn, two_tasks
from bandits.theory.gittins.joint_chain import JointChain, MarkovArm
from explore.errors import BadInput

EXACT = [24.333, 16.927, 10.152, 30.333]
REPORTED = [24.42, 16.94, 10.22, 30.16]  # one run of 100,000 steps under constant ε = 0.2


@pytest.fixture(scope="module")
def study():
    return duff_study(runs=40, steps=100_000, seed=1)


def test_values_are_those_of_the_exact_solution(study) -> None:
    for result in study.results:
        assert result.exact == pytest.approx(EXACT, abs=5e-4)


def test_constant_epsilon_converges(study) -> None:
    _, constant = study.results
    assert np.all(np.abs(constant.mean - constant.exact) < 4 * constant.standard_error)
    assert np.all(constant.standard_error < 0.01 * constant.exact)
    spread = constant.estimates.std(0, ddof=1)
    assert np.all(np.abs(np.array(REPORTED) - constant.mean) < 3 * spread)
    assert constant.wrong.max() <= 0.05
    assert constant.abandoned == 0.0


def test_boltzmann_schedule_sticks_in_the_second_task(study) -> None:
    boltzmann, _ = study.results
    assert boltzmann.abandoned > 0.7
    assert boltzmann.wrong[2] > 0.6  # the poor state of task 1 is hardly visited
    assert boltzmann.mean[2] < boltzmann.exact[2] - 4 * boltzmann.standard_error[2]
    assert np.all(boltzmann.wrong[:2] < 0.05)  # task 0 is played on and on
    assert np.median(boltzmann.pulls[:, 1]) == 0


def test_one_pull_by_hand() -> None:
    """One arm, certain move 0 → 1 paying 10 at α = 1/2: both update lines from zero, then a second pull."""
    cumulative = np.cumsum(np.array([[[0.0, 1.0], [1.0, 0.0]]]), axis=2)
    entering, sizes = np.array([[1.0, 10.0]]), np.array([2])
    schedule = np.array([0.5, 1e18, 1.0, 1.0, 1.0])
    count = np.zeros(1, dtype=np.int64)
    once = _learn(cumulative, entering, sizes, np.array([0]), 0.7, schedule, 0.0, np.full((1, 3), 0.5), count)
    assert once == pytest.approx(np.array([[5.0, 0.0]]))
    # Second pull 1 → 0 pays 1. Problem 1 knows Q(0, restart; 1) = Q(0, continue; 1) = … from the first pull:
    # Q(0, continue; 1) = 0.5·10 = 5, so target(1) = 1 + 0.7·5 and Q(1, continue; 1) = 0.5·4.5.
    twice = _learn(cumulative, entering, sizes, np.array([0]), 0.7, schedule, 0.0, np.full((2, 3), 0.5), count)
    assert twice == pytest.approx(np.array([[5.0, 2.25]]))


def test_boltzmann_probabilities() -> None:
    values = np.array([1.0, 2.0, 0.0])
    grid = (np.arange(100_000) + 0.5) / 100_000
    drawn = np.bincount([choose(values, -1.0, 0.8, u, 0.0) for u in grid], minlength=3) / 100_000
    expected = np.exp(values / 0.8)
    assert drawn == pytest.approx(expected / expected.sum(), abs=2e-5)


def test_epsilon_greedy_breaks_ties_evenly() -> None:
    values = np.array([3.0, 1.0, 3.0])
    assert [choose(values, 0.0, 1.0, 0.9, u) for u in (0.1, 0.49, 0.51, 0.999)] == [0, 0, 2, 2]
    assert [choose(values, 1.0, 1.0, 0.9, u) for u in (0.1, 0.4, 0.9)] == [0, 1, 2]


def test_learnt_policy_between_greedy_and_oracle() -> None:
    """A poor step that leads to riches: the greedy player never takes it, the learner does."""
    invest = MarkovArm(np.array([[0.8, 0.2, 0.0], [0.0, 0.5, 0.5], [0.1, 0.0, 0.9]]), np.array([0.0, 2.0, 8.0]))
    safe = MarkovArm(np.array([[1.0]]), np.array([1.0]))
    joint = JointChain([invest, safe], 0.9)
    result = learn([invest, safe], 0.9, Exploration("ε", epsilon=0.2), runs=20, steps=20_000)
    assert result.oracle == pytest.approx(joint.best_value().mean())
    assert result.greedy < 0.9 * result.oracle
    assert result.value.max() <= result.oracle + 1e-9
    assert result.value.mean() > 0.99 * result.oracle


def test_a_run_does_not_depend_on_its_company() -> None:
    few = learn(two_tasks(), 0.7, CONSTANT, runs=2, steps=500, seed=3)
    many = learn(two_tasks(), 0.7, CONSTANT, runs=5, steps=500, seed=3)
    assert np.array_equal(few.estimates, many.estimates[:2])
    other = learn(two_tasks(), 0.7, CONSTANT, runs=2, steps=500, seed=4)
    assert not np.array_equal(few.estimates, other.estimates)


def test_bad_input_is_refused() -> None:
    with pytest.raises(BadInput, match="epsilon"):
        Exploration("x", epsilon=1.5)
    with pytest.raises(BadInput, match="hottest"):
        Exploration("x", coldest=0.0)
    with pytest.raises(BadInput, match="2 runs"):
        learn(two_tasks(), 0.7, BOLTZMANN, runs=1)
    with pytest.raises(BadInput, match="rate"):
        learn(two_tasks(), 0.7, BOLTZMANN, rate=0.0)
