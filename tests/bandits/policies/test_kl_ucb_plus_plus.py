"""KL-UCB++: the index by hand."""

import math
from typing import Any

import pytest
from scipy.optimize import brentq

from bandits.policies.base.divergence import BOUND
from bandits.policies.kl_ucb_plus_plus import KLUCBPlusPlus
from bandits.testbeds.bernoulli import TwoArms
from bandits.theory.divergences import kl_bernoulli


def solved(p: float, level: float) -> float:
    """The largest q with d(p, q) ≤ level, by bisection."""
    return float(brentq(lambda q: kl_bernoulli(p, q) - level, p, 1.0 - 1e-16, xtol=1e-15))


def test_the_index_by_hand(state_after: Any) -> None:
    """n = 4 pulls with average ½ of one of two arms, T = 100: share T/(Kn) = 12.5."""
    state = state_after(KLUCBPlusPlus(), TwoArms(), [(1, 0.0), (1, 1.0), (1, 0.0), (1, 1.0)])
    expected = solved(0.5, math.log(12.5 * (math.log(12.5) ** 2 + 1)) / 4)
    assert state[BOUND, 1] == pytest.approx(expected, abs=1e-7)
