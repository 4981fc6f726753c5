"""A single arm is never dropped."""

from typing import Any

import numpy as np
import pytest

from bandits.policies.base import elimination
from bandits.policies.explore_then_commit import ExploreThenCommit
from bandits.policies.median_elimination import MedianElimination
from bandits.policies.successive_elimination import SuccessiveElimination
from bandits.testbeds.bernoulli import Bernoulli


@pytest.mark.parametrize("policy", [ExploreThenCommit(), SuccessiveElimination(), MedianElimination()])
def test_a_single_arm_is_pulled_for_ever(policy: Any) -> None:
    bed, rng = Bernoulli(means="0.4"), np.array([2], np.uint64)
    state = policy.initial(bed, 50)
    select, update = policy.functions(bed)
    for t in range(1, 50):
        assert select(state, t, rng) == 0
        update(state, 0, 1.0, rng)
    assert state[elimination.LEFT, 0] == 1.0
