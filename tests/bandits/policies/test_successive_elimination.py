"""Successive elimination drops an arm in the round that the bound says."""

from typing import Any

import numpy as np

from bandits.policies.successive_elimination import SuccessiveElimination

PAYS = [0.1, 0.9, 0.3, 0.2]  # without noise


def test_an_arm_is_dropped_in_the_round_that_the_bound_says(arms_pulled: Any) -> None:
    """Arm a goes in the first round r with 0.9 − mean ≥ 2 √(ln(16 r²/δ)/r), δ = 0.05."""
    arms = arms_pulled(SuccessiveElimination(), PAYS, 1200)
    rounds = np.arange(1, 400)
    widths = 2 * np.sqrt(np.log(16 * rounds**2 / 0.05) / rounds)
    for arm, mean in enumerate(PAYS):
        if arm != 1:
            last = rounds[(0.9 - mean) >= widths][0]
            assert arms.count(arm) == last
    assert set(arms[-100:]) == {1}
