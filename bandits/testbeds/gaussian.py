"""Gaussian arms, N(mean, 1).

`sutton-barto`: the ten-armed testbed of Sutton & Barto (2018, section 2.3): each run draws its arms' means from
N(`mean`, 1), and each reward from N(mean of the arm, 1). Figure 2.5 of the book uses `mean=4`.
"""

import math
from typing import Any

import numpy as np
from pydantic import Field

from bandits.simulator.batched import BATCH, Work, normal_batched
from bandits.simulator.kernel import Words
from bandits.simulator.randomness import normal, normal_of
from bandits.testbed import BedSettings, Floats, Testbed
from explore.numerics.compiled import kernel_part


def expected_best(arms: int) -> float:
    """E[max of `arms` standard normal numbers] = ∫ x d(Φ(x)^arms), by the trapezoidal rule: 1.53875 for ten."""
    x = np.linspace(-9.0, 9.0, 20_001)
    below = np.array([0.5 * math.erfc(-point / math.sqrt(2.0)) for point in x])
    density = arms * below ** (arms - 1) * np.exp(-0.5 * x**2) / math.sqrt(2.0 * math.pi)
    return float(np.trapezoid(x * density, x))


@kernel_part
def sample_arms(arms: Floats, parameters: Floats, rng: Any) -> None:
    """Means drawn from N(parameters[arm, 0], 1)."""
    for arm in range(len(arms)):
        arms[arm, 0] = parameters[arm, 0] + normal(rng)


@kernel_part
def sample_reward(arms: Floats, arm: int, word: np.uint64) -> float:
    """The arm's mean plus a standard normal number."""
    return float(arms[arm, 0]) + normal_of(word)


@kernel_part
def sample_reward_batched(mean: Floats, words: Words, reward: Floats, work: Work) -> None:
    """The same for many runs at once."""
    normal_batched(words, reward)
    for lane in range(BATCH):
        reward[lane] = mean[lane] + reward[lane]


class SuttonBarto(Testbed):
    """The ten-armed testbed."""

    class Settings(BedSettings):
        arms: int = Field(10, ge=1, le=100_000, description="how many arms")
        mean: float = Field(0.0, description="mean of the distribution from which the arms' means are drawn")

    about = "the ten-armed testbed: means drawn from N(0, 1), rewards of variance 1"
    source = "Sutton & Barto 2018, section 2.3"
    family = "gaussian"
    sample_arms = staticmethod(sample_arms)
    sample_reward = staticmethod(sample_reward)
    sample_reward_batched = staticmethod(sample_reward_batched)

    @property
    def prior(self) -> str:
        """A standard normal one around `mean`."""
        return f"N({self.settings.mean:g}, 1)"

    @property
    def mean_gap(self) -> float:
        """E[max of K standard normal numbers]: their mean is 0."""
        return expected_best(self.settings.arms)

    @property
    def parameters(self) -> Floats:
        """The centre of every arm's mean."""
        return np.full((self.settings.arms, 1), self.settings.mean)
