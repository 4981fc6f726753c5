"""OCUCB: the index against the paper's formula."""

from typing import Any

import numpy as np

from bandits.policies.ocucb import OCUCB


def test_the_index_is_the_papers(eight_pulls: Any) -> None:
    T, N, Q = eight_pulls.horizon, eight_pulls.pulls, eight_pulls.means
    index = Q + np.sqrt(3 * 0.25 * np.log(2 * T / 9) / N)
    np.testing.assert_allclose(eight_pulls.index(OCUCB()), index, rtol=1e-12)
