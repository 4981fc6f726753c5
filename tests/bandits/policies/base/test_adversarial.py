"""Draws by probabilities, and the rewards that are refused."""

import numpy as np
import pytest

from bandits.policies.base import adversarial
from bandits.policies.exp3 import EXP3
from bandits.simulator.simulation import simulate
from bandits.testbeds.bernoulli import Bernoulli
from explore.errors import BadInput

BED, T = Bernoulli(means="0.2/0.5/0.7"), 1000


def test_draws_follow_the_chances() -> None:
    state, rng = EXP3().initial(BED, T), np.array([4], np.uint64)
    state[adversarial.CHANCES] = [0.5, 0.3, 0.2]
    counted = np.bincount([adversarial.draw(state, rng) for _ in range(6000)], minlength=3) / 6000
    np.testing.assert_allclose(counted, [0.5, 0.3, 0.2], atol=0.025)


def test_unbounded_rewards_are_refused() -> None:
    with pytest.raises(BadInput, match=r"needs rewards in \[0, 1\]"):
        simulate("sutton-barto", ["exp3"], runs=1)
