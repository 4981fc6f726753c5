"""IMED: the index by hand."""

import math
from typing import Any

import numpy as np
import pytest

from bandits.policies import imed
from bandits.policies.base.divergence import INDEX
from bandits.policies.imed import IMED
from bandits.testbeds.bernoulli import TwoArms
from bandits.theory.bounds.of_policy import bounds_for


def test_the_index_by_hand(state_after: Any) -> None:
    """Averages ½ and 0 after 4 and 2 pulls: ln 4 against 2 ln 2 + ln 2, the best arm is pulled."""
    state = state_after(IMED(), TwoArms(), [(0, 0.0), (0, 1.0), (0, 0.0), (0, 1.0), (1, 0.0), (1, 0.0)])
    assert imed.select_index(state, 7, np.zeros(1, np.uint64)) == 0
    assert -state[INDEX] == pytest.approx([math.log(4), 3 * math.log(2)])


def test_it_is_asymptotically_optimal() -> None:
    (bound,) = bounds_for("imed", [0.9, 0.8], 5000)
    assert bound.value == pytest.approx(2.2521 * math.log(5000), rel=1e-4)
