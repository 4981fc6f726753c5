"""Top-two Thompson sampling shares its pulls between the best arm and a second one."""

import numpy as np

from bandits.policies.top_two_thompson import TopTwoThompson
from bandits.testbeds.bernoulli import TwoArms


def test_top_two_shares_its_pulls() -> None:
    """With one arm far ahead half of the pulls go to the others."""
    policy, bed, rng = TopTwoThompson(), TwoArms(), np.array([2], np.uint64)
    state = policy.initial(bed, 100)
    select, update = policy.functions(bed)
    for n in range(30):
        update(state, 0, 1.0, rng)
        update(state, 1, float(n % 3 == 0), rng)
    chosen = [select(state, 61 + n, rng) for n in range(2000)]
    assert abs(np.mean(chosen) - 0.5) < 4 * 0.5 / 2000**0.5
