"""The chances of softmax, and the noise of Boltzmann–Gumbel."""

import numpy as np
import pytest
from scipy import stats

from bandits.policies import boltzmann
from bandits.policies.boltzmann import Boltzmann, BoltzmannGumbel
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


def test_gumbel_numbers() -> None:
    rng = np.array([3], np.uint64)
    assert stats.kstest([boltzmann.gumbel(rng) for _ in range(3000)], stats.gumbel_r.cdf).pvalue > 1e-3


def test_the_noise_shrinks_with_pulls() -> None:
    """INDEX − Q has the standard deviation C (π/√6) / √n."""
    state = BoltzmannGumbel(c=2.0).initial(BED, 100)
    state[boltzmann.VALUES], state[boltzmann.PULLS] = VALUES, [1, 4, 100]
    rng, found = np.array([3], np.uint64), []
    for _ in range(4000):
        boltzmann.select_gumbel(state, 9, rng)
        found.append(state[boltzmann.INDEX] - VALUES)
    np.testing.assert_allclose(np.std(found, axis=0), 2 * np.pi / np.sqrt(6) / np.array([1, 2, 10]), rtol=0.06)


def test_averages_and_constant_steps() -> None:
    """Rewards 1, 0, 0: the average is ⅓, by steps of ½ the value is ⅛."""
    rng = np.array([3], np.uint64)
    for alpha, value in ((0.0, 1 / 3), (0.5, 0.125)):
        state = Boltzmann(alpha=alpha).initial(BED, 100)
        for reward in (1.0, 0.0, 0.0):
            boltzmann.update(state, 1, reward, rng)
        assert state[boltzmann.VALUES] == pytest.approx([0, value, 0])
