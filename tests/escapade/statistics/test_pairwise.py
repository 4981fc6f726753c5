"""Comparisons of two agents against SciPy, rliable, enumeration, and their false-alarm rate."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from escapade.statistics import (
    holm,
    improvement_interval,
    permutation_test,
    probability_of_improvement,
    welch_test,
)
from explore.errors import BadInput

few = st.lists(st.integers(0, 4), min_size=2, max_size=6)


def test_improvement_counts_pairs_and_halves_ties():
    assert probability_of_improvement([1, 2], [0, 2]) == pytest.approx((1 + 0 + 1 + 0.5) / 4)


def test_improvement_is_that_of_rliable():
    # rliable 1.2.0, metrics.probability_of_improvement, per maze.
    ours, theirs = np.arange(40).reshape(10, 4) ** 2 % 37 / 36, np.arange(40).reshape(10, 4) ** 3 % 31 / 40
    probabilities = [probability_of_improvement(ours[:, maze], theirs[:, maze]) for maze in range(4)]
    assert probabilities == pytest.approx([0.765, 0.685, 0.46, 0.53], abs=1e-12)


@given(x=few, y=few)
def test_the_interval_surrounds_the_estimate_and_reverses_with_the_sides(x, y):
    low, high = improvement_interval(x, y)
    estimate = probability_of_improvement(x, y)
    assert 0 <= low <= estimate <= high <= 1
    assert high - low > 0.1  # never no width, whatever ties
    assert improvement_interval(y, x) == pytest.approx((1 - high, 1 - low), abs=1e-8)


def test_the_interval_at_the_edge_by_its_equation():
    """All of five beat all of five: 1 − θ = t √V(θ), with t at 10 degrees of freedom."""
    low, high = improvement_interval([5, 6, 7, 8, 9], [0, 1, 2, 3, 4])
    assert high == 1
    variance = low * (1 - low) / 25 * (1 + 4 * ((1 - low) / (2 - low) + low / (1 + low)))
    assert 1 - low == pytest.approx(2.228139 * math.sqrt(variance), abs=1e-6)
    assert 0.57 < low < 0.6


def test_one_learner_has_no_interval():
    assert improvement_interval([1.0], [0.0, 0.1]) is None


def mixture(random, size):
    return np.where(random.random(size) < 0.5, random.uniform(0.9, 1, size), random.uniform(0, 0.02, size))


@pytest.mark.parametrize("size", [3, 5, 10, 30])
@pytest.mark.parametrize("draw", [mixture, lambda random, size: random.random(size)])
def test_equal_agents_seldom_seem_to_differ(size, draw):
    random, repeats = np.random.default_rng(0), 1000
    by_interval, by_test = 0, 0
    for _ in range(repeats):
        x, y = draw(random, size), draw(random, size)
        low, high = improvement_interval(x, y)
        by_interval += not low <= 0.5 <= high
        by_test += permutation_test(x, y) <= 0.05
    # 5 % and two standard errors of 1,000 comparisons; the percentile bootstrap has 18 to 21 % with 3 learners.
    assert by_interval / repeats <= 0.064
    assert by_test / repeats <= 0.064


@given(x=few, y=few)
def test_the_permutation_test_counts_every_choice(x, y):
    """Against all choices one by one, ties included."""
    scores, size = np.array(x + y, float), len(x)
    ranks = stats.rankdata(scores)
    sums = np.array([ranks[list(chosen)].sum() for chosen in itertools.combinations(range(len(scores)), size)])
    observed = ranks[:size].sum()
    expected = min(1.0, 2 * min((sums <= observed + 1e-9).mean(), (sums >= observed - 1e-9).mean()))
    assert permutation_test(x, y) == pytest.approx(expected, abs=1e-12)


def test_the_permutation_test_is_scipys():
    random = np.random.default_rng(0)
    for sizes in [(3, 4), (10, 10), (30, 25)]:
        x, y = random.normal(0.5, 1, sizes[0]), random.normal(0, 1, sizes[1])  # no ties
        assert permutation_test(x, y) == pytest.approx(stats.mannwhitneyu(x, y, method="exact").pvalue, rel=1e-9)
    x, y = random.integers(0, 3, 5), random.integers(0, 4, 6)
    with_ties = stats.mannwhitneyu(x, y, method=stats.PermutationMethod())
    assert permutation_test(x, y) == pytest.approx(with_ties.pvalue, rel=1e-9)
    x, y = random.normal(0.1, 1, 200), random.normal(0, 1, 200)  # more than are counted
    assert permutation_test(x, y) == pytest.approx(stats.mannwhitneyu(x, y, method="asymptotic").pvalue)


def test_three_learners_can_show_nothing_and_four_can():
    assert permutation_test([1, 1, 1], [0, 0, 0]) == pytest.approx(2 / 20)
    assert permutation_test([1] * 4, [0] * 4) == pytest.approx(2 / 70)
    # And so it is with the interval.
    assert improvement_interval([1] * 3, [0] * 3)[0] < 0.5 < improvement_interval([1] * 4, [0] * 4)[0]


def test_welch_by_its_formula():
    x, y = np.array([1.0, 2, 4]), np.array([5.0, 7, 9, 12])
    variances = x.var(ddof=1) / 3, y.var(ddof=1) / 4
    freedom = sum(variances) ** 2 / (variances[0] ** 2 / 2 + variances[1] ** 2 / 3)
    statistic = (x.mean() - y.mean()) / math.sqrt(sum(variances))
    assert welch_test(x, y) == pytest.approx(2 * stats.t.cdf(-abs(statistic), freedom))
    for sides in ([1.0], [0, 1]), ([1, 1], [0, 0]):
        with pytest.raises(BadInput, match="varies"):
            welch_test(*sides)


def test_holm_by_hand():
    # Sorted: .01·4, .02·3, .03·2, .04·1, none less than the one before.
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []
    with pytest.raises(BadInput, match="p-value"):
        holm([0.1, 1.2])
