"""The ten-armed testbed: its best arm, its prior."""

import numpy as np
import pytest

from bandits.testbeds.gaussian import SuttonBarto, expected_best


def test_expected_best_of_ten() -> None:
    assert expected_best(10) == pytest.approx(1.53875, abs=5e-6)
    assert expected_best(1) == pytest.approx(0.0, abs=1e-9)
    assert expected_best(2) == pytest.approx(1 / np.sqrt(np.pi))


def test_what_is_known_of_the_drawn_means() -> None:
    bed = SuttonBarto(mean=4)
    assert bed.prior == "N(4, 1)"
    assert bed.means is None
    assert bed.mean_gap == expected_best(10)
