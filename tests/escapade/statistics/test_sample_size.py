"""Seeds needed against the textbook and by simulation."""

import math

import numpy as np
import pytest
from scipy import stats

from escapade.statistics import seeds_needed
from explore.errors import BadInput

UNIT = np.array([-1.0, 1.0]) / math.sqrt(2)  # unbiased variance 1


def test_seeds_needed_for_one_standard_deviation_is_the_textbook_seventeen():
    # Cohen 1988, table 2.4.1: d = 1, two-sided 5 %, power 80 % needs 17 per group; d = .5 needs 64.
    assert seeds_needed(UNIT + 1, UNIT) == 17
    assert seeds_needed(UNIT + 0.5, UNIT) == 64


def test_so_many_seeds_have_that_power():
    size = seeds_needed(2 * UNIT + 1.5, UNIT)
    random = np.random.default_rng(0)
    x, y = random.normal(1.5, 2, (4000, size)), random.normal(0, 1, (4000, size))
    power = (stats.ttest_ind(x, y, axis=1, equal_var=False).pvalue <= 0.05).mean()
    assert power == pytest.approx(0.8, abs=0.02)


def test_seeds_needed_at_the_edges():
    assert seeds_needed([1, 2], [2, 1]) is None
    assert seeds_needed(UNIT + 1e-4, UNIT) is None  # more than 10,000
    assert seeds_needed([1, 1], [0, 0]) == 2
    with pytest.raises(BadInput, match="two learners"):
        seeds_needed([1], [0, 1])
