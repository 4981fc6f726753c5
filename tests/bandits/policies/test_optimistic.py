"""Optimistic initial values make greedy play try every arm."""

import numpy as np
import pytest

from bandits.policies import optimistic
from bandits.policies.base.action_value import VALUES
from bandits.policies.optimistic import Optimistic
from bandits.testbeds.bernoulli import Bernoulli


@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_every_arm_is_tried_in_turn(scale: float) -> None:
    """Every reward lowers a value of 5, so that greedy play goes from arm to arm, in rounds of all four."""
    bed, policy, rng = Bernoulli(means="0.1/0.4/0.3/0.2"), Optimistic(scale=scale), np.array([5], np.uint64)
    state = policy.initial(bed, 100)
    chosen = []
    for t in range(1, 13):
        chosen.append(optimistic.select(state, t, rng))
        optimistic.update(state, chosen[-1], 0.0, rng)
    assert [sorted(chosen[first : first + 4]) for first in (0, 4, 8)] == [[0, 1, 2, 3]] * 3
    assert state[VALUES] == pytest.approx(5 * scale * 0.9**3)
