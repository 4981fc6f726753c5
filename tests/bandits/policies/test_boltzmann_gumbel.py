"""The noise of Boltzmann–Gumbel."""

import numpy as np

from bandits.policies import boltzmann_gumbel
from bandits.policies.boltzmann_gumbel import BoltzmannGumbel
from bandits.testbeds.bernoulli import Bernoulli

VALUES = np.array([0.1, 0.4, 0.3])
BED = Bernoulli(means="0.1/0.4/0.3")


def test_the_noise_shrinks_with_pulls() -> None:
    """INDEX − Q has the standard deviation C (π/√6) / √n."""
    state = BoltzmannGumbel(c=2.0).initial(BED, 100)
    state[boltzmann_gumbel.VALUES], state[boltzmann_gumbel.PULLS] = VALUES, [1, 4, 100]
    rng, noise = np.array([3], np.uint64), []
    for _ in range(4000):
        boltzmann_gumbel.select(state, 9, rng)
        noise.append(state[boltzmann_gumbel.INDEX] - VALUES)
    np.testing.assert_allclose(np.std(noise, axis=0), 2 * np.pi / np.sqrt(6) / np.array([1, 2, 10]), rtol=0.06)
