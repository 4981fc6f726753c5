"""MOSS-anytime: the index against the paper's formula."""

from typing import Any

import numpy as np

from bandits.policies.moss_anytime import MOSSAnytime


def test_the_index_is_the_papers(eight_pulls: Any) -> None:
    N, Q = eight_pulls.pulls, eight_pulls.means
    index = Q + np.sqrt(np.maximum(np.log(8 / (2 * N)), 0) / N)
    np.testing.assert_allclose(eight_pulls.index(MOSSAnytime(alpha=1.0)), index, rtol=1e-12)
