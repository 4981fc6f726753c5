"""Policy regret on rotting arms: by hand, against every sequence of pulls, and beside the dynamic regret."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from bandits.policy import from_functions
from bandits.simulator.oracle import oracle_rewards
from bandits.simulator.simulation import simulate
from bandits.testbeds.non_stationary import Rotting


def sequence(arms: Any) -> Any:
    """A policy in plain Python that pulls these arms."""
    return from_functions(lambda state, t, rng: arms[t - 1], lambda state, arm, reward, rng: None, [0.0])


def test_by_hand() -> None:
    """Two arms that pay n^(−1/2): the oracle takes 1, 1, 2^(−1/2), 2^(−1/2); arm 0 alone 1 + 2^(−1/2) + 3^(−1/2) + 1/2.

    The dynamic regret of arm 0 counts the untouched arm, which would pay 1, in every step: a policy cannot keep it and
    pull it as well, so that this regret is larger.
    """
    bed = Rotting(arms=2, low=1.0, high=1.0, decay=0.5)
    run = simulate(bed, [sequence([0, 0, 0, 0]), sequence([0, 1, 0, 1])], runs=2, horizon=4)
    stubborn, turning = run.policies
    earned = 1 + 2**-0.5 + 3**-0.5 + 0.5
    assert run.oracle_rewards == pytest.approx([2 + 2 * 2**-0.5] * 2)
    assert stubborn.expected_rewards == pytest.approx([earned] * 2)
    assert run.policy_regrets(stubborn) == pytest.approx([2 + 2 * 2**-0.5 - earned] * 2)
    assert stubborn.regret == pytest.approx(4 - earned)
    assert run.policy_regrets(turning) == pytest.approx([0.0, 0.0])


def test_no_sequence_earns_more() -> None:
    """All 3^6 sequences on three arms of different means."""
    bed = Rotting(arms=3, decay=0.7, low=0.3, high=1.0)
    for run in range(3):
        (oracle,) = oracle_rewards(bed, 5, run + 1, 6)[run:]
        means = first_means(bed, 5, run)
        best = max(earned(means, pulls) for pulls in product(range(3), repeat=6))
        assert oracle == pytest.approx(best)


def first_means(bed: Any, seed: int, run: int) -> Any:
    """The means of fresh arms in a run, as a policy that pulls each arm once meets them."""
    pulled = [simulate(bed, [sequence([arm] * 3)], runs=run + 1, horizon=3, seed=seed).policies[0] for arm in range(3)]
    shares = sum((n + 1) ** -0.7 for n in range(3))
    return np.array([policy.expected_rewards[run] / shares for policy in pulled])


def earned(means: Any, pulls: Any) -> float:
    """Σ μ_a n^(−0.7) over the pulls."""
    counts, total = np.zeros(3), 0.0
    for arm in pulls:
        counts[arm] += 1
        total += means[arm] * counts[arm] ** -0.7
    return total


def test_other_testbeds_have_none() -> None:
    run = simulate("two-arms", [sequence([0, 1])], runs=1, horizon=2)
    assert run.oracle_rewards is None
    assert run.policy_regrets(run.policies[0]) is None
    assert run.policies[0].expected_rewards == pytest.approx([1.7])
