"""UCB-tuned: the index against the paper's formula."""

from typing import Any

import numpy as np

from bandits.policies.ucb_tuned import UCBTuned


def test_the_index_is_the_papers(eight_pulls: Any) -> None:
    N, Q, V = eight_pulls.pulls, eight_pulls.means, eight_pulls.variances
    index = Q + np.sqrt(np.log(8) / N * np.minimum(0.25, V + np.sqrt(2 * np.log(8) / N)))
    np.testing.assert_allclose(eight_pulls.index(UCBTuned()), index, rtol=1e-12)
