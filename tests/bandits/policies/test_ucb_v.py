"""UCB-V: the index against the paper's formula."""

from typing import Any

import numpy as np
import pytest

from bandits.policies.ucb_v import UCBV


@pytest.mark.parametrize(
    ("settings", "zeta", "c", "scale"),
    [({}, 1.2, 1, 1), ({"zeta": 0.5, "c": 0.1}, 0.5, 0.1, 1), ({"scale": 4.0}, 1.2, 1, 4)],
)
def test_the_index_is_the_papers(settings: Any, zeta: float, c: float, scale: float, eight_pulls: Any) -> None:
    """Q + √(2ζV ln t/n) + 3cζ b ln t/n for rewards in [0, b]."""
    N, Q, V = eight_pulls.pulls, eight_pulls.means, eight_pulls.variances
    log = np.log(8)
    index = Q + np.sqrt(2 * zeta * V * log / N) + 3 * c * zeta * scale * log / N
    np.testing.assert_allclose(eight_pulls.index(UCBV(**settings)), index, rtol=1e-12)
