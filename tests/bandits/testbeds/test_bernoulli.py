"""Bernoulli testbeds: means, gaps, short names, and the prior of the one whose means are drawn."""

import numpy as np
import pytest
from scipy import stats

from bandits.simulator.simulation import simulate
from bandits.testbed import spelled
from bandits.testbeds.bernoulli import Bernoulli, Needle, ProblemB, Scaled, TwoArms, sample_reward


@pytest.mark.parametrize(
    ("bed", "means"),
    [
        (ProblemB(), [0.1, 0.05, 0.05, 0.05, 0.02, 0.02, 0.02, 0.01, 0.01, 0.01]),
        (TwoArms(), [0.9, 0.8]),
        (Scaled(arms=3, gap=0.2), [0.5, 0.5, 0.7]),
        (Needle(arms=3, p=0.8), [0.0, 0.0, 0.8]),
        (Bernoulli(means="0.3/0.4"), [0.3, 0.4]),
    ],
)
def test_means_and_their_mean_gap(bed, means) -> None:
    np.testing.assert_allclose(bed.means, means)
    assert bed.mean_gap == pytest.approx(max(means) - np.mean(means))
    assert bed.prior == ""


def test_means_are_drawn_where_none_are_given() -> None:
    bed, rng = Bernoulli(arms=2000), np.array([5], np.uint64)
    arms = np.empty((bed.arms, bed.columns))
    type(bed).sample_arms(arms, np.ascontiguousarray(bed.parameters), rng)
    assert stats.kstest(arms[:, 0], stats.uniform.cdf).pvalue > 1e-3
    assert bed.prior == "U[0, 1]"
    assert Bernoulli(arms=3, low=0.2, high=0.6).mean_gap == pytest.approx(0.4 * (0.75 - 0.5))
    rewards = [
        sample_reward(arms, 0, np.uint64(word))
        for word in np.random.default_rng(1).integers(2**64, size=4000, dtype="u8")
    ]
    assert stats.binomtest(int(sum(rewards)), 4000, arms[0, 0]).pvalue > 1e-3


def test_a_number_is_short_for_so_many_arms() -> None:
    assert spelled("needle:7") == "needle:arms=7"
    assert spelled("needle:p=1") == "needle:p=1"
    assert spelled("needle") == "needle"
    assert simulate("scaled:3", ["ucb1"], runs=2, horizon=5).testbed == "scaled:arms=3"
