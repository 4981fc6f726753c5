"""MOSS: the index against the paper's formula, and its bound."""

import math
from typing import Any

import numpy as np
import pytest

from bandits.policies.base.optimism import FIRST, INDEX
from bandits.policies.moss import MOSS
from bandits.testbeds.bernoulli import TwoArms
from bandits.testbeds.gaussian import SuttonBarto
from bandits.theory.bounds.of_policy import bounds_for

T = 500
REWARDS = [[0.0, 1.0, 1.0, 0.0, 1.0], [1.0, 0.0, 0.5]]  # five of one arm and three of the other, before step 9
N, Q, V = np.array([5.0, 3.0]), np.array([np.mean(r) for r in REWARDS]), np.array([np.var(r) for r in REWARDS])
LOG = np.log(8)


def index_of(policy: Any, state_after: Any) -> Any:
    """The index in step 9, and the arm of the largest is chosen."""
    state = state_after(policy, TwoArms(), [(arm, r) for arm, rewards in enumerate(REWARDS) for r in rewards], T)
    arm = policy.functions(TwoArms())[0](state, 9, np.array([1], np.uint64))
    assert arm == state[INDEX].argmax()
    return state[INDEX]


def test_the_index_is_the_papers(state_after: Any) -> None:
    index = Q + np.sqrt(np.maximum(np.log(T / (2 * N)), 0) / N)
    np.testing.assert_allclose(index_of(MOSS(), state_after), index, rtol=1e-12)


def test_rewards_of_another_scale_widen_in_proportion() -> None:
    """On N(μ, 1): four times the variance of a coin, twice the width."""
    assert MOSS().initial(SuttonBarto(), T)[FIRST, 0] == 4 * MOSS().initial(TwoArms(), T)[FIRST, 0]


def test_its_bound_by_hand() -> None:
    """39σ√(KT) + ΣΔ."""
    (bound,) = bounds_for("moss", [0.9, 0.8], 5000)
    assert bound.value == pytest.approx(39 * math.sqrt(0.25 * 5000 * 2) + 0.1)
    (bound,) = bounds_for("moss", [1.0, 0.0], 100, family="gaussian", variance=4.0)
    assert bound.value == pytest.approx(78 * math.sqrt(200) + 1)
    assert bounds_for("moss", [1.0, 0.0], 100, family="unknown") == []
