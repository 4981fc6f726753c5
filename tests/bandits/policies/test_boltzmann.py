"""The probabilities of softmax."""

import numpy as np
import pytest
from scipy import stats

from bandits.policies import boltzmann
from bandits.policies.boltzmann import Boltzmann
from bandits.testbeds.bernoulli import Bernoulli

VALUES = np.array([0.1, 0.4, 0.3])
BED = Bernoulli(means="0.1/0.4/0.3")


@pytest.mark.parametrize(("decay", "temperature"), [(0.0, 0.2), (0.5, 0.1)])
def test_softmax_chances(decay: float, temperature: float) -> None:
    """χ² of 6,000 choices against e^{Q/τ}; with decay ½ in step 4 the temperature is half."""
    state = Boltzmann(temperature=0.2, decay=decay).initial(BED, 100)
    state[boltzmann.VALUES] = VALUES
    rng = np.array([3], np.uint64)
    counted = np.bincount([boltzmann.select(state, 4, rng) for _ in range(6000)], minlength=3)
    weights = np.exp(VALUES / temperature)
    assert stats.chisquare(counted, 6000 * weights / weights.sum()).pvalue > 1e-3


def test_a_temperature_far_above_the_gaps_is_named() -> None:
    assert any("nearly uniformly" in message for message in Boltzmann(temperature=9.0).misfits(BED, 100))
    assert not Boltzmann(temperature=0.2).misfits(BED, 100)
    assert not Boltzmann(temperature=9.0, decay=1.0).misfits(BED, 100)
