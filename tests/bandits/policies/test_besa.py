"""BESA: sub-samples against their distribution, and its duels."""

from typing import Any

import numpy as np
from scipy import stats

from bandits.policies import besa
from bandits.policies.besa import BESA
from bandits.simulator.simulation import simulate
from bandits.testbeds.bernoulli import TwoArms


def test_sub_samples_are_without_replacement(state_after: Any) -> None:
    """The number of successes among 4 of 10 rewards is hypergeometric; the history stays the same rewards."""
    state, rng = state_after(BESA(), TwoArms(), [(0, float(n < 6)) for n in range(10)]), np.array([3], np.uint64)
    successes = [4 * besa.sampled_average(state, 0, 4, rng) for _ in range(3000)]
    counted = np.bincount(np.array(successes).round().astype(int), minlength=5)
    expected = stats.hypergeom(10, 6, 4).pmf(np.arange(5)) * 3000
    assert stats.chisquare(counted, expected).pvalue > 1e-3
    assert state[besa.HISTORY : besa.HISTORY + 10, 0].sum() == 6


def test_an_equal_duel_goes_to_the_arm_with_fewer_pulls(state_after: Any) -> None:
    state, rng = state_after(BESA(), TwoArms(), [(arm, 1.0) for arm in (0, 0, 0, 1, 1)]), np.array([3], np.uint64)
    assert all(besa.duel(state, 0, 1, rng) == 1 for _ in range(20))


def test_it_beats_ucb1_without_knowing_the_family() -> None:
    ours, ucb = simulate("two-arms", ["besa", "ucb1"], runs=150, horizon=1000, seed=2).policies
    assert ours.regret + 3 * ours.regret_se < ucb.regret
