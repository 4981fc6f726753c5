"""UCB-tuned: the index against the paper's formula."""

from typing import Any

import numpy as np

from bandits.policies.base.optimism import INDEX
from bandits.policies.ucb_tuned import UCBTuned
from bandits.testbeds.bernoulli import TwoArms

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
    index = Q + np.sqrt(LOG / N * np.minimum(0.25, V + np.sqrt(2 * LOG / N)))
    np.testing.assert_allclose(index_of(UCBTuned(), state_after), index, rtol=1e-12)
