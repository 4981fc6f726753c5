"""The indices against the formulas of the papers, written in NumPy."""

from typing import Any

import numpy as np
import pytest
from bandits.policies.optimism import MOSS, OCUCB, UCBV, MOSSAnytime, UCBTuned

from bandits.policies import optimism
from bandits.testbeds.bernoulli import TwoArms
from bandits.testbeds.gaussian import SuttonBarto

T = 500
REWARDS = [[0.0, 1.0, 1.0, 0.0, 1.0], [1.0, 0.0, 0.5]]
N = np.array([5.0, 3.0])
Q = np.array([np.mean(r) for r in REWARDS])
V = np.array([np.var(r) for r in REWARDS])
LOG = np.log(8)


def plus(x: Any) -> Any:
    return np.maximum(np.log(x), 0.0)


FORMULAS = [
    (UCBTuned(), Q + np.sqrt(LOG / N * np.minimum(0.25, V + np.sqrt(2 * LOG / N)))),
    (UCBV(), Q + np.sqrt(2 * 1.2 * V * LOG / N) + 3 * 1.2 * LOG / N),
    (UCBV(zeta=0.5, c=0.1), Q + np.sqrt(V * LOG / N) + 0.15 * LOG / N),
    (MOSS(), Q + np.sqrt(plus(T / (2 * N)) / N)),
    (MOSSAnytime(alpha=1.0), Q + np.sqrt(plus(8 / (2 * N)) / N)),
    (OCUCB(), Q + np.sqrt(3 * 0.25 * np.log(2 * T / 9) / N)),
]


@pytest.mark.parametrize(("policy", "index"), FORMULAS, ids=lambda case: type(case).__name__)
def test_the_index_is_the_papers(policy: Any, index: Any) -> None:
    """After 5 pulls of one arm and 3 of the other, in step 9."""
    bed, rng = TwoArms(), np.array([1], np.uint64)
    state = policy.initial(bed, T)
    select, update = policy.functions(bed)
    for arm, rewards in enumerate(REWARDS):
        for reward in rewards:
            update(state, arm, reward, rng)
    assert select(state, 9, rng) == index.argmax()
    np.testing.assert_allclose(state[optimism.INDEX], index, rtol=1e-12)


def test_rewards_of_another_scale_widen_in_proportion() -> None:
    """MOSS on N(μ, 1): four times the variance of a coin, twice the width."""
    assert MOSS().initial(SuttonBarto(), T)[optimism.FIRST, 0] == 4 * MOSS().initial(TwoArms(), T)[optimism.FIRST, 0]


def test_every_arm_is_tried_first() -> None:
    bed, rng = SuttonBarto(), np.array([1], np.uint64)
    policy = UCBTuned()
    state = policy.initial(bed, T)
    select, update = policy.functions(bed)
    tried = []
    for t in range(1, 11):
        tried.append(select(state, t, rng))
        update(state, tried[-1], 5.0, rng)
    assert sorted(tried) == list(range(10))
