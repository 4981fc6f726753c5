"""Gaussian arms, N(mean, 1).

`sutton-barto`: the ten-armed testbed of Sutton & Barto (2018, section 2.3): each run draws its arms' means from
N(`mean`, 1), and each reward from N(mean of the arm, 1). Figure 2.5 of the book uses `mean=4`.
"""

from typing import Any

import numpy as np
from pydantic import Field

from bandits.kernel import Words
from bandits.lanes import LANES, Work, normal_lanes
from bandits.randomness import normal, normal_of
from bandits.testbed import BedSettings, Floats, Testbed
from explore.compiled import kernel_part


@kernel_part
def start(arms: Floats, parameters: Floats, rng: Any) -> None:
    """Means drawn from N(parameters[arm, 0], 1)."""
    for arm in range(len(arms)):
        arms[arm, 0] = parameters[arm, 0] + normal(rng)


@kernel_part
def pay(arms: Floats, arm: int, word: np.uint64) -> float:
    """The arm's mean plus a standard normal number."""
    return float(arms[arm, 0]) + normal_of(word)


@kernel_part
def pay_lanes(mean: Floats, words: Words, reward: Floats, work: Work) -> None:
    """The same for many runs at once."""
    normal_lanes(words, reward)
    for lane in range(LANES):
        reward[lane] = mean[lane] + reward[lane]


class SuttonBarto(Testbed):
    """The ten-armed testbed."""

    class Settings(BedSettings):
        arms: int = Field(10, ge=1, le=100_000, description="how many arms")
        mean: float = Field(0.0, description="mean of the distribution from which the arms' means are drawn")

    family = "gaussian"
    start = staticmethod(start)
    pay = staticmethod(pay)
    pay_lanes = staticmethod(pay_lanes)

    @property
    def parameters(self) -> Floats:
        """The centre of every arm's mean."""
        return np.full((self.settings.arms, 1), self.settings.mean)
