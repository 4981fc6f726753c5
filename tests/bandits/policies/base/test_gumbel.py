"""Gumbel numbers against SciPy's distribution."""

import numpy as np
from scipy import stats

from bandits.policies.base import gumbel as boltzmann


def test_gumbel_numbers() -> None:
    rng = np.array([3], np.uint64)
    assert stats.kstest([boltzmann.gumbel(rng) for _ in range(3000)], stats.gumbel_r.cdf).pvalue > 1e-3
