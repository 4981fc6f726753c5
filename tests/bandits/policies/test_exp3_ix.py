"""EXP3-IX replayed in NumPy."""

from typing import Any

import numpy as np

from bandits.policies.base import adversarial
from bandits.policies.exp3_ix import EXP3IX
from bandits.testbeds.bernoulli import Bernoulli

BED, K, T = Bernoulli(means="0.2/0.5/0.7"), 3, 1000
PULLED = [(0, 1.0), (2, 0.0), (1, 0.5), (1, 1.0), (0, 0.0), (2, 1.0)]


def test_the_probabilities(chances_replayed: Any) -> None:
    losses = np.zeros(K)
    replayed = chances_replayed(EXP3IX(), BED, PULLED, T, adversarial.CHANCES)
    for t, ((arm, reward), chances) in enumerate(zip(PULLED, replayed, strict=True), 1):
        eta = np.sqrt(np.log(K) / (K * t))
        p = np.exp(-eta * losses) / np.exp(-eta * losses).sum()
        np.testing.assert_allclose(chances, p, rtol=1e-12)
        losses[arm] += (1 - reward) / (p[arm] + eta / 2)
