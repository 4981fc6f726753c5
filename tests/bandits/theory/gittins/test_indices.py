"""Gittins indices: published values, and two definitions that the fast algorithms do not use."""

import numpy as np
import numpy.typing as npt
import pytest

from bandits.theory.gittins.indices import bernoulli_index, bernoulli_table, chain_indices, restart_values
from explore.errors import BadInput

Floats = npt.NDArray[np.float64]
DUFF = [np.array([[0.3, 0.7], [0.7, 0.3]]), np.array([[0.9, 0.1], [0.1, 0.9]])]
ENTERING = np.array([1.0, 10.0])


def random_chain(seed: int, states: int, sparse: bool) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    matrix = rng.dirichlet(np.full(states, 0.2 if sparse else 1.0), size=states)
    return matrix, rng.normal(size=states)


def calibrated(matrix: Floats, reward: Floats, discount: float, state: int) -> float:
    """The wage at which stopping and going on are worth the same, by bisection over value iteration."""
    low, high = float(reward.min()), float(reward.max())
    while high - low > 1e-9:
        wage = (low + high) / 2
        value = np.full(len(reward), wage / (1 - discount))
        for _ in range(400):
            value = np.maximum(wage / (1 - discount), reward + discount * matrix @ value)
        going_on = reward[state] + discount * matrix[state] @ value
        low, high = (wage, high) if going_on > wage / (1 - discount) else (low, wage)
    return (low + high) / 2


def test_two_task_example_of_duff() -> None:
    indices = [chain_indices(matrix, matrix @ ENTERING, 0.7) for matrix in DUFF]
    assert indices[0] == pytest.approx([7.3, 5.078125])
    assert indices[1] == pytest.approx([3.0454545454, 9.1])
    values = np.concatenate([np.diag(restart_values(matrix, matrix @ ENTERING, 0.7)) for matrix in DUFF])
    assert values == pytest.approx([24.333, 16.927, 10.152, 30.333], abs=5e-4)


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("discount", [0.3, 0.9, 0.99])
def test_elimination_agrees_with_restart_in_state(discount: float, sparse: bool) -> None:
    for seed in range(20):
        matrix, reward = random_chain(seed, 3 + seed % 9, sparse)
        by_restart = (1 - discount) * np.diag(restart_values(matrix, reward, discount))
        assert chain_indices(matrix, reward, discount) == pytest.approx(by_restart, abs=1e-9)


def test_elimination_agrees_with_calibration() -> None:
    matrix, reward = random_chain(5, 5, sparse=False)
    indices = chain_indices(matrix, reward, 0.9)
    assert indices == pytest.approx([calibrated(matrix, reward, 0.9, state) for state in range(5)], abs=1e-7)


def test_relations_of_the_index() -> None:
    matrix, reward = random_chain(1, 12, sparse=True)
    indices = chain_indices(matrix, reward, 0.95)
    order = np.random.default_rng(0).permutation(12)
    relabelled = chain_indices(matrix[np.ix_(order, order)], reward[order], 0.95)
    assert relabelled == pytest.approx(indices[order])
    assert chain_indices(matrix, 3 * reward + 2, 0.95) == pytest.approx(3 * indices + 2)
    assert np.all(indices >= reward - 1e-12)
    assert indices.max() == pytest.approx(reward.max())
    assert chain_indices(np.eye(3), [1.0, -2.0, 5.0], 0.9) == pytest.approx([1.0, -2.0, 5.0])


def test_a_large_chain_is_solved_exactly() -> None:
    matrix, reward = random_chain(2, 300, sparse=False)
    indices = chain_indices(matrix, reward, 0.9)
    for state in (0, 150, int(np.argmin(indices))):
        better = indices > indices[state]  # go on while in better states: the definition of the index
        kept = 0.9 * matrix * better
        solved = np.linalg.solve(np.eye(300) - kept, np.stack([reward, np.ones(300)], axis=1))
        assert indices[state] == pytest.approx(solved[state, 0] / solved[state, 1])


@pytest.mark.parametrize(
    ("discount", "prior", "index"),
    [
        (0.9, (1, 1), 0.70289),
        (0.9, (2, 1), 0.80006),
        (0.9, (1, 2), 0.50013),
        (0.9, (2, 2), 0.63463),
        (0.9, (3, 1), 0.84520),
        (0.99, (1, 1), 0.86986),
        (0.99, (2, 1), 0.91018),
        (0.99, (1, 2), 0.70054),
        (0.99, (2, 2), 0.78436),
    ],
)
def test_published_indices_of_bernoulli_arms(discount: float, prior: tuple[int, int], index: float) -> None:
    assert bernoulli_index(*prior, discount) == pytest.approx(index, abs=6e-6)


def test_bernoulli_index_agrees_with_the_markov_chain_of_its_posteriors() -> None:
    """Posteriors up to 25 pulls as a chain; at the end the arm keeps its mean, as in the recursion."""
    discount, depth = 0.5, 25
    states = [(s, n - s) for n in range(depth + 1) for s in range(n + 1)]
    place = {state: k for k, state in enumerate(states)}
    matrix = np.zeros((len(states), len(states)))
    reward = np.array([(s + 1) / (s + f + 2) for s, f in states])
    for (s, f), k in place.items():
        if s + f == depth:
            matrix[k, k] = 1.0
        else:
            matrix[k, place[s + 1, f]], matrix[k, place[s, f + 1]] = reward[k], 1 - reward[k]
    indices = chain_indices(matrix, reward, discount)
    for s, f in [(0, 0), (1, 0), (0, 2), (3, 1)]:
        assert bernoulli_index(s + 1, f + 1, discount) == pytest.approx(indices[place[s, f]], abs=1e-7)


@pytest.mark.parametrize("discount", [0.5, 0.9])
def test_table_agrees_with_single_indices(discount: float) -> None:
    table = bernoulli_table(discount, 120)
    for s, f in [(0, 0), (1, 0), (0, 1), (7, 3), (60, 60), (0, 120), (120, 0), (31, 80), (119, 1)]:
        assert table[s, f] == pytest.approx(bernoulli_index(s + 1, f + 1, discount), abs=2e-5)
    triangle = np.add.outer(np.arange(121), np.arange(121)) <= 120
    assert np.array_equal(np.isfinite(table), triangle)


def test_table_is_monotone_above_the_mean_and_takes_a_prior() -> None:
    table = bernoulli_table(0.9, 40)
    s, f = np.indices(table.shape)
    inside = s + f <= 40
    assert np.all(table[inside] > ((s + 1) / (s + f + 2))[inside])
    assert np.all(np.diff(table, axis=0)[inside[1:]] > 0)
    assert np.all(np.diff(table, axis=1)[inside[:, 1:]] < 0)
    shifted = bernoulli_table(0.9, 10, (3.0, 2.0))
    assert shifted[0, 0] == pytest.approx(table[2, 1], abs=2e-5)


def test_bad_input_is_refused() -> None:
    with pytest.raises(BadInput, match="discount"):
        bernoulli_index(1, 1, 1.0)
    with pytest.raises(BadInput, match="above 0"):
        bernoulli_index(0, 1, 0.9)
    with pytest.raises(BadInput, match="square"):
        chain_indices([[0.5, 0.5]], [1.0], 0.9)
    with pytest.raises(BadInput, match="add up to 1"):
        chain_indices([[0.5, 0.4], [0.0, 1.0]], [1.0, 2.0], 0.9)
    with pytest.raises(BadInput, match="one finite reward"):
        chain_indices(np.eye(2), [1.0], 0.9)
    with pytest.raises(BadInput, match="pulls"):
        bernoulli_table(0.9, -1)
