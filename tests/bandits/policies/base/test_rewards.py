"""The coin of a reward between 0 and 1."""

import numpy as np
import pytest

from bandits.policies.base.rewards import coin, need_bounded
from bandits.testbeds.bernoulli import TwoArms
from bandits.testbeds.gaussian import SuttonBarto
from explore.errors import BadInput


def test_a_coin_comes_up_with_the_chance_of_its_reward() -> None:
    """0.3 a thousand times: about 300 heads; 0 and 1 take no random number."""
    rng = np.array([5], np.uint64)
    heads = sum(coin(0.3, rng) for _ in range(1000))
    assert abs(heads - 300) < 4 * (1000 * 0.21) ** 0.5
    before = rng.copy()
    assert (coin(0.0, rng), coin(1.0, rng)) == (0.0, 1.0)
    assert rng[0] == before[0]


def test_unbounded_rewards_are_refused() -> None:
    need_bounded("mine", TwoArms())
    with pytest.raises(BadInput, match=r"mine needs rewards in \[0, 1\], and those of this testbed are gaussian"):
        need_bounded("mine", SuttonBarto())
