"""Statistics against values worked by hand."""

import math

import numpy as np
import pytest

from escapade.statistics import (
    improvement_interval,
    interquartile_mean,
    iqm_interval,
    performance_profile,
    probability_of_improvement,
    rate_interval,
    seeds_needed,
)
from explore.errors import BadInput


def test_the_interquartile_mean_drops_a_quarter_at_each_end():
    assert interquartile_mean([-100, 1, 2, 3, 4, 5, 6, 900]) == pytest.approx((2 + 3 + 4 + 5) / 4)


def test_the_interval_covers_the_true_mean_as_often_as_it_says():
    random = np.random.default_rng(0)
    hits = 0
    for seed in range(200):
        low, high = iqm_interval([random.normal(size=30)], seed)
        hits += low <= 0 <= high
    assert 0.88 <= hits / 200 <= 0.99  # 95 %, less the bootstrap's known shortfall at 30 scores


def test_strata_keep_their_sizes():
    # Resampled within mazes, constant mazes leave nothing to vary; pooled resampling would.
    assert iqm_interval([[0.0] * 5, [1.0] * 5]) == (0.5, 0.5)


def test_one_learner_has_no_interval():
    assert all(math.isnan(bound) for bound in iqm_interval([[0.3]]))


def test_improvement_counts_pairs_and_halves_ties():
    assert probability_of_improvement([1, 2], [0, 2]) == pytest.approx((1 + 0 + 1 + 0.5) / 4)


def test_improvement_of_separated_scores_is_certain_and_reverses():
    assert improvement_interval([2, 3, 4], [0, 1]) == (1.0, 1.0)
    assert improvement_interval([0, 1], [2, 3, 4]) == (0.0, 0.0)


def test_the_profile_is_the_share_above_each_threshold():
    rows = performance_profile([0, 0.5, 1, 1], [0, 0.5, 0.9, 1])
    assert [row[:2] for row in rows] == [[0, 0.75], [0.5, 0.5], [0.9, 0.5], [1, 0]]
    assert [tuple(row[2:]) for row in rows] == [rate_interval(above, 4) for above in (3, 2, 2, 0)]


def test_wilson_interval_by_its_formula():
    p, n, z = 0.8, 10, 1.959964
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    assert rate_interval(8, 10) == pytest.approx((centre - half, centre + half), abs=1e-6)


def test_seeds_needed_for_one_standard_deviation_is_the_textbook_seventeen():
    # Cohen 1988, table 2.4.1: d = 1, two-sided 5 %, power 80 % needs 17 per group.
    spread = np.array([-1.0, 1.0]) / math.sqrt(2)  # unbiased variance 1
    assert seeds_needed(spread + 1, spread) == 17


def test_seeds_needed_at_the_edges():
    assert seeds_needed([1, 2], [2, 1]) is None
    assert seeds_needed([1, 1], [0, 0]) == 2
    with pytest.raises(BadInput, match="two learners"):
        seeds_needed([1], [0, 1])
