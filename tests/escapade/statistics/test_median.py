"""The median of times that may never come, and its interval by order statistics."""

import math

import numpy as np
import pytest

from escapade.statistics import median, median_interval
from explore.errors import BadInput

NEVER = math.inf


@pytest.mark.parametrize(
    ("values", "expected"),
    [([3, 1, 2], 2), ([4, 1, 2, 3], 2.5), ([1, 2, NEVER], 2), ([1, NEVER], NEVER), ([NEVER, NEVER], NEVER)],
)
def test_a_median_may_be_never(values, expected):
    assert median(values) == expected


def test_the_interval_of_ten_is_from_the_second_to_the_ninth():
    """P(B <= 1) = 11/1024 = .011 and P(B <= 2) = 56/1024 = .055, of which only the first is below .025."""
    assert median_interval(range(1, 11)) == (2, 9)
    assert median_interval([*range(1, 9), NEVER, NEVER]) == (2, NEVER)


@pytest.mark.parametrize(("learners", "expected"), [(5, None), (6, (1, 6)), (8, (1, 8)), (9, (2, 8))])
def test_the_least_number_of_values(learners, expected):
    """2 · 2^-5 = .063 and 2 · 2^-6 = .031; with nine, P(B <= 1) = 10/512 = .0195."""
    assert median_interval(range(1, learners + 1)) == expected


def test_the_interval_covers_the_median_as_often_as_it_says():
    """Of an exponential distribution, cut off at twice its median: 97.9 % for ten values, by the binomial."""
    draws = np.random.default_rng(1).exponential(size=(4000, 10))
    draws[draws > 2 * math.log(2)] = NEVER
    intervals = [median_interval(row) for row in draws]
    covered = np.mean([low <= math.log(2) <= high for low, high in intervals])
    assert covered == pytest.approx(1 - 22 / 1024, abs=0.01)


@pytest.mark.parametrize("values", [[], [1.0, math.nan]])
def test_what_has_no_median_is_refused(values):
    with pytest.raises(BadInput, match="at least one value"):
        median(values)
