"""Intervals hold the true value as often as they say, with few learners too, and agree with exact ones."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from escapade.statistics import (
    interquartile_mean,
    iqm_interval,
    optimality_gap,
    optimality_gap_interval,
    percentile_interval,
    rate_interval,
)
from explore.errors import BadInput

scores = st.lists(st.floats(0, 1), min_size=2, max_size=12)


def solving(share, random, size):
    """Scores of learners of which a share solves the maze: near 0 or near 1, as those of DQNs are."""
    return np.where(random.random(size) < share, random.uniform(0.92, 0.97, size), random.uniform(0, 0.02, size))


@pytest.mark.slow
@pytest.mark.parametrize("size", [3, 5, 10, 30])
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.8])
def test_the_interval_covers_scores_near_0_or_1_at_every_size(size, share):
    random = np.random.default_rng(0)
    true = float(interquartile_mean(solving(share, random, 400_000)))
    covered = 0
    for seed in range(300):
        low, high = iqm_interval([solving(share, random, size)], seed, resamples=600)
        covered += low <= true <= high
    assert covered / 300 >= 0.93  # 95 % less two standard errors of 300 samples; the percentile bootstrap has .6 to .95


def test_so_it_does_over_several_mazes():
    random = np.random.default_rng(0)
    shares = [0.1, 0.4, 0.9]
    true = float(interquartile_mean(np.concatenate([solving(share, random, 200_000) for share in shares])))
    covered = 0
    for seed in range(300):
        low, high = iqm_interval([solving(share, random, 5) for share in shares], seed, resamples=600)
        covered += low <= true <= high
    assert covered / 300 >= 0.93


@pytest.mark.parametrize(("successes", "trials"), [(0, 5), (0, 10), (3, 10), (10, 10), (29, 30)])
def test_the_bounded_bootstrap_of_a_mean_of_successes_is_clopper_and_pearsons_interval(successes, trials):
    """The gap to 1 of scores of 0 and 1 is 1 less their mean."""
    exact = stats.binomtest(trials - successes, trials).proportion_ci(0.95, method="exact")
    outcomes = [1.0] * successes + [0.0] * (trials - successes)
    interval = optimality_gap_interval([outcomes], resamples=100_000)
    assert interval == pytest.approx((exact.low, exact.high), abs=0.004)


def test_equal_scores_leave_a_width_that_shrinks_with_their_number():
    """Ten of ten at 0: by Clopper & Pearson up to 30.8 % of learners may differ, an IQM of 2 · (.308 − .25)."""
    low, high = iqm_interval([[0.0] * 10], resamples=100_000)
    assert (low, high) == (0, pytest.approx(2 * (0.3085 - 0.25), abs=0.01))
    widths = [iqm_interval([[0.0] * size])[1] for size in (2, 3, 5, 10)]
    assert widths == sorted(widths, reverse=True)
    assert iqm_interval([[0.95] * 5])[0] < 0.95 < iqm_interval([[0.95] * 5])[1]


def test_with_the_limits_the_interval_is_scaled():
    plain = iqm_interval([[0.1, 0.2, 0.9]], 3)
    scaled = iqm_interval([[1.0, 2.0, 9.0]], 3, limits=(0, 10))
    assert scaled == pytest.approx([10 * bound for bound in plain])
    # Scores beyond the limits widen them.
    assert iqm_interval([[-1.0, 0.5, 2.0]], 3) == iqm_interval([[-1.0, 0.5, 2.0]], 3, limits=(-1, 2))


@settings(deadline=None, max_examples=60)
@given(strata=st.lists(scores, min_size=1, max_size=3), seed=st.integers(0, 5))
def test_the_estimate_lies_within_and_a_higher_level_is_wider(strata, seed):
    low, high = iqm_interval(strata, seed, resamples=2000)
    estimate = float(interquartile_mean(np.concatenate(strata)))
    assert 0 <= low <= estimate + 1e-9
    assert estimate - 1e-9 <= high <= 1
    wider = iqm_interval(strata, seed, 0.99, resamples=2000)
    assert wider[0] <= low
    assert high <= wider[1]
    # The order of learners does not matter.
    assert iqm_interval([list(reversed(each)) for each in strata], seed, resamples=2000) == (low, high)


def test_strata_are_resampled_apart():
    """Two mazes of equal scores: what varies is only what could not be seen, and less than in one mixed maze."""
    apart = iqm_interval([[0.0] * 30, [1.0] * 30])
    mixed = iqm_interval([[0.0] * 30 + [1.0] * 30])
    assert apart[1] - apart[0] < mixed[1] - mixed[0]
    assert percentile_interval([[0.0] * 5, [1.0] * 5]) == (0.5, 0.5)


def test_the_percentile_bootstrap_is_that_of_rliable():
    # rliable 1.2.0, library.get_interval_estimates with 50,000 resamples: [0.3, 0.60420139].
    runs_by_maze = np.arange(40).reshape(10, 4) ** 2 % 37 / 36
    assert percentile_interval(list(runs_by_maze.T), resamples=20_000) == pytest.approx((0.3, 0.6042), abs=0.006)


def test_one_learner_has_no_interval():
    assert iqm_interval([[0.3]]) is None
    assert percentile_interval([[0.3]]) is None
    assert optimality_gap_interval([[0.3, 0.4], [0.2]]) is None


def test_the_gaps_interval_surrounds_the_gap():
    low, high = optimality_gap_interval([[0.1, 0.5, 1.4, 0.9]])
    assert 0 <= low < optimality_gap([0.1, 0.5, 1.4, 0.9]) < high <= 1


@pytest.mark.parametrize("limits", [(1, 0), (0, 0), (0, math.inf), (math.nan, 1)])
def test_limits_are_two_finite_numbers_in_order(limits):
    with pytest.raises(BadInput, match="limits"):
        iqm_interval([[0.1, 0.2]], limits=limits)


def test_wilson_interval_by_its_formula():
    p, n, z = 0.8, 10, 1.959964
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    assert rate_interval(8, 10) == pytest.approx((centre - half, centre + half), abs=1e-6)


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (3, 2), (-1, 5)])
def test_a_rate_needs_trials(successes, trials):
    with pytest.raises(BadInput, match="at least one trial"):
        rate_interval(successes, trials)
