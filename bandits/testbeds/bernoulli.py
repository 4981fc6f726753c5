"""Bernoulli arms of fixed means: a pull pays 1 with probability p, else 0.

`problem-b`: p = 0.1, 0.05 × 3, 0.02 × 3, 0.01 × 3, the scenario of rare rewards of Garivier & Cappé (2011, section 6.2,
after Kaufmann, Korda & Munos 2012). `two-arms`: p = 0.9, 0.8, their first scenario. `bernoulli`: means of your own,
separated by `/`. `scaled`: K arms, the best with p = 0.5 + `gap`, the others with 0.5 (the hard instance of minimax
lower bounds, Auer et al. 2002b). `needle`: one of K arms pays with probability `p`, the others with `background`.
"""

from typing import Any

import numpy as np
from pydantic import Field, field_validator

from bandits.kernel import Words
from bandits.lanes import LANES, Work
from bandits.randomness import uniform_of
from bandits.testbed import BedSettings, Floats, Testbed
from explore.compiled import kernel_part


@kernel_part
def start(arms: Floats, parameters: Floats, rng: Any) -> None:
    """The same means in every run."""
    arms[:, :] = parameters


@kernel_part
def pay(arms: Floats, arm: int, word: np.uint64) -> float:
    """1 with the arm's probability."""
    return 1.0 if uniform_of(word) < arms[arm, 0] else 0.0


@kernel_part
def pay_lanes(mean: Floats, words: Words, reward: Floats, work: Work) -> None:
    """The same for many runs at once."""
    for lane in range(LANES):
        reward[lane] = 1.0 if uniform_of(words[lane]) < mean[lane] else 0.0


class FixedBernoulli(Testbed):
    """Bernoulli arms whose means `(arms,)` subclasses state."""

    family = "bernoulli"
    start = staticmethod(start)
    pay = staticmethod(pay)
    pay_lanes = staticmethod(pay_lanes)

    @property
    def parameters(self) -> Floats:
        """The means, `(arms, 1)`."""
        return np.asarray(self.means, dtype=np.float64)[:, None]

    @property
    def variance(self) -> float:
        """The largest that a Bernoulli reward can have."""
        return 0.25


class ProblemB(FixedBernoulli):
    """Ten arms that rarely pay."""

    @property
    def means(self) -> Floats:
        """The probabilities."""
        return np.array([0.1, 0.05, 0.05, 0.05, 0.02, 0.02, 0.02, 0.01, 0.01, 0.01])


class TwoArms(FixedBernoulli):
    """Two arms that often pay."""

    @property
    def means(self) -> Floats:
        """The probabilities."""
        return np.array([0.9, 0.8])


class Bernoulli(FixedBernoulli):
    """Means of your own: `bernoulli:means=0.2/0.5/0.7`."""

    class Settings(BedSettings):
        means: str = Field("0.4/0.6", description="the probability of each arm, separated by /")

        @field_validator("means")
        @classmethod
        def probabilities(cls, text: str) -> str:
            """Each in [0, 1]."""
            for part in text.split("/"):
                try:
                    good = 0.0 <= float(part) <= 1.0
                except ValueError:
                    good = False
                if not good:
                    raise ValueError(f"'{part}' is not a probability: give numbers in [0, 1] separated by /")
            return text

    @property
    def means(self) -> Floats:
        """The probabilities."""
        return np.array([float(part) for part in self.settings.means.split("/")])


class Scaled(FixedBernoulli):
    """K arms, the best better by `gap`."""

    class Settings(BedSettings):
        arms: int = Field(10, ge=1, le=100_000, description="how many arms")
        gap: float = Field(0.1, gt=0, le=0.5, description="by how much the best arm is better")

    @property
    def means(self) -> Floats:
        """0.5 everywhere but for the last arm."""
        means = np.full(self.settings.arms, 0.5)
        means[-1] += self.settings.gap
        return means


class Needle(FixedBernoulli):
    """One arm in K pays."""

    class Settings(BedSettings):
        arms: int = Field(100, ge=1, le=100_000, description="how many arms")
        p: float = Field(0.9, gt=0, le=1, description="how often the needle pays")
        background: float = Field(0.0, ge=0, le=1, description="how often the others pay")

    @property
    def means(self) -> Floats:
        """`background` everywhere but for the last arm."""
        means = np.full(self.settings.arms, self.settings.background)
        means[-1] = self.settings.p
        return means
