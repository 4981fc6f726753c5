"""KL-UCB-switch: the index on both sides of the switch, by hand."""

import math
from typing import Any

import pytest
from scipy.optimize import brentq

from bandits.policies.base.divergence import BOUND
from bandits.policies.kl_ucb_switch import KLUCBSwitch
from bandits.testbeds.bernoulli import TwoArms
from bandits.theory.bounds.of_policy import bounds_for
from bandits.theory.divergences import kl_bernoulli


def solved(p: float, level: float) -> float:
    """The largest q with d(p, q) ≤ level, by bisection."""
    return float(brentq(lambda q: kl_bernoulli(p, q) - level, p, 1.0 - 1e-16, xtol=1e-15))


def test_the_index_by_hand(state_after: Any) -> None:
    """T = 100, two arms: 4 > 50^{1/5} = 2.19 pulls have the bound of MOSS, 1 pull still that of KL-UCB."""
    state = state_after(KLUCBSwitch(), TwoArms(), [(1, 0.0), (1, 1.0), (1, 0.0), (1, 1.0), (0, 0.5)])
    assert state[BOUND, 1] == pytest.approx(0.5 + math.sqrt(math.log(12.5) / 8), abs=1e-7)
    assert state[BOUND, 0] == pytest.approx(solved(0.5, math.log(50)), abs=1e-7)


def test_its_optimality_is_proven_for_rewards_in_the_unit_interval_alone() -> None:
    assert bounds_for("kl-ucb-switch", [1.0, 0.0], 100, family="gaussian") == []
    assert not bounds_for("kl-ucb-switch", [0.9, 0.8], 100)[0].finite_time
