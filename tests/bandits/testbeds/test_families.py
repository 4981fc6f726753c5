"""Rewards against SciPy's distributions, priors, and what is refused."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bandits.simulator import simulation
from bandits.testbed import TESTBEDS
from explore.errors import BadInput
from explore.numerics.hashing import mix

LOW, HIGH = (0 - 0.6) / 0.3, (1 - 0.6) / 0.3
CASES = [
    ("gaussian:means=0.5/-1,deviations=2/0.5", stats.norm(0.5, 2)),
    ("truncated-gaussian:means=0.6/0.1,deviation=0.3", stats.truncnorm(LOW, HIGH, 0.6, 0.3)),
    ("exponential:means=0.7/2", stats.expon(scale=0.7)),
    ("uniform:means=0.3/0.8", stats.uniform(0, 0.6)),
    ("beta:means=0.3/0.8,concentration=5", stats.beta(1.5, 3.5)),
    ("student:means=0.5/1,freedom=4,scale=2", stats.t(4, 0.5, 2)),
]
WORDS = [int(word) for word in np.random.default_rng(8).integers(2**64, size=3000, dtype=np.uint64)]


def begun(spec: str, seed: int = 5) -> tuple[Any, Any]:
    bed = simulation._made_plugin(TESTBEDS, spec)
    arms = np.empty((bed.arms, bed.columns))
    type(bed).sample_arms(arms, np.ascontiguousarray(bed.parameters), np.array([seed], np.uint64))
    return bed, arms


def paid(bed: Any, arms: Any, arm: int) -> Any:
    return np.array([type(bed).sample_reward(arms, arm, np.uint64(word)) for word in WORDS])


@pytest.mark.parametrize(("spec", "distribution"), CASES)
def test_rewards_follow_their_distribution(spec: str, distribution: Any) -> None:
    """Kolmogorov–Smirnov; the mean that regret is measured with is the distribution's."""
    bed, arms = begun(spec)
    assert stats.kstest(paid(bed, arms, 0), distribution.cdf).pvalue > 1e-3
    assert arms[0, 0] == pytest.approx(distribution.mean())
    assert bed.means[0] == pytest.approx(distribution.mean())


def test_poisson() -> None:
    """χ² of the counts, and a large mean."""
    bed, arms = begun("poisson:means=2.5/100")
    counted = np.bincount(paid(bed, arms, 0).astype(int), minlength=9)
    expected = stats.poisson(2.5).pmf(np.arange(8)) * len(WORDS)
    assert stats.chisquare([*counted[:8], counted[8:].sum()], [*expected, len(WORDS) - expected.sum()]).pvalue > 1e-3
    large = paid(bed, arms, 1)
    assert abs(large.mean() - 100) < 4 * 10 / np.sqrt(len(WORDS))
    assert large.var() == pytest.approx(100, rel=0.1)


@pytest.mark.parametrize(
    "name", ["gaussian", "truncated-gaussian", "exponential", "poisson", "uniform", "beta", "student"]
)
def test_means_come_from_the_prior_and_differ_between_runs(name: str) -> None:
    drawn = np.array([begun(f"{name}:low=0.2,high=0.6,arms=400", seed)[1] for seed in (1, 2)])
    centres = drawn[..., 2] if name == "truncated-gaussian" else drawn[..., 0]
    assert stats.kstest(centres[0], stats.uniform(0.2, 0.4).cdf).pvalue > 1e-3
    assert not np.any(centres[0] == centres[1])


@pytest.mark.parametrize("name", ["truncated-gaussian", "uniform", "beta"])
def test_bounded_rewards_stay_in_the_unit_interval_and_below_their_variance(name: str) -> None:
    bed, arms = begun(f"{name}:arms=5")
    assert bed.family == "bounded"
    for arm in range(5):
        rewards = paid(bed, arms, arm)
        assert 0.0 <= rewards.min() <= rewards.max() <= 1.0
        assert rewards.var() <= bed.variance * 1.1


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("uniform:means=0.2/1.5", r"a mean of 1.5 is outside \[0, 1\]"),
        ("poisson:low=-1", "a mean of -1 is outside"),
        ("gaussian:means=0/1,deviations=1/2/3", "3 values for 2 arms"),
        ("gaussian:deviations=0", "not above 0"),
        ("gaussian:means=a/b", "give numbers separated by /"),
        ("beta:low=0.7,high=0.2", "low=0.7 is above high=0.2"),
    ],
)
def test_wrong_settings_are_refused(spec: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        simulation.checked(spec, ["ucb1"], runs=1, horizon=100)


def test_rewards_are_decided_by_the_word() -> None:
    """Common random numbers: the same word, the same reward."""
    bed, arms = begun("student")
    word = np.uint64(mix(np.uint64(3)))
    assert type(bed).sample_reward(arms, 1, word) == type(bed).sample_reward(arms, 1, word)
