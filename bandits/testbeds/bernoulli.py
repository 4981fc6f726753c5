"""Bernoulli arms of fixed means: the reward is 1 with probability p, else 0.

`problem-b`: p = 0.1, 0.05 × 3, 0.02 × 3, 0.01 × 3, the scenario of rare rewards of Garivier & Cappé (2011, section 6.2,
after Kaufmann, Korda & Munos 2012). `two-arms`: p = 0.9, 0.8, their first scenario. `scaled`: K arms, the best with
p = 0.5 + `gap`, the others with 0.5 (the hard instance of minimax lower bounds, Auer et al. 2002b, section 7).
`needle`: one of K arms pays with probability `p`, the others with `background`, 0 as in a needle in a haystack.
`bernoulli`: means of your own, `means=0.2/0.5/0.7`, or drawn for each run from a uniform prior.
"""

from typing import Any

import numpy as np
from pydantic import Field

from bandits.simulator.batched import BATCH, Work
from bandits.simulator.kernel import Words
from bandits.simulator.randomness import uniform_of
from bandits.testbed import BedSettings, Floats, Testbed
from bandits.testbeds.base.family import Family
from explore.numerics.compiled import kernel_part


@kernel_part
def sample_arms(arms: Floats, parameters: Floats, rng: Any) -> None:
    """The same means in every run."""
    arms[:, :] = parameters


@kernel_part
def sample_reward(arms: Floats, arm: int, word: np.uint64) -> float:
    """1 with the arm's probability."""
    return 1.0 if uniform_of(word) < arms[arm, 0] else 0.0


@kernel_part
def sample_reward_batched(mean: Floats, words: Words, reward: Floats, work: Work) -> None:
    """The same for many runs at once."""
    for lane in range(BATCH):
        reward[lane] = 1.0 if uniform_of(words[lane]) < mean[lane] else 0.0


class FixedBernoulli(Testbed):
    """Bernoulli arms whose means `(arms,)` subclasses state."""

    family = "bernoulli"
    sample_arms = staticmethod(sample_arms)
    sample_reward = staticmethod(sample_reward)
    sample_reward_batched = staticmethod(sample_reward_batched)

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

    about = "ten Bernoulli arms with rare rewards: 0.1, 0.05 × 3, 0.02 × 3, 0.01 × 3"
    source = "Garivier & Cappé 2011, section 6.2"

    @property
    def means(self) -> Floats:
        """The probabilities."""
        return np.array([0.1, 0.05, 0.05, 0.05, 0.02, 0.02, 0.02, 0.01, 0.01, 0.01])


class TwoArms(FixedBernoulli):
    """Two arms that often pay."""

    about = "two Bernoulli arms, 0.9 and 0.8"
    source = "Garivier & Cappé 2011, section 6.1"

    @property
    def means(self) -> Floats:
        """The probabilities."""
        return np.array([0.9, 0.8])


class Bernoulli(Family):
    """Means of your own, or drawn for each run from a uniform prior, that of Beta(1, 1) posteriors."""

    about = "Bernoulli arms, with means given or drawn for each run"
    source = "Thompson 1933"
    family = "bernoulli"
    lowest, highest = 0.0, 1.0
    sample_reward = staticmethod(sample_reward)
    sample_reward_batched = staticmethod(sample_reward_batched)

    @property
    def variance(self) -> float:
        """The largest that a Bernoulli reward can have."""
        return 0.25


class Scaled(FixedBernoulli):
    """K arms, the best better by `gap`."""

    about = "K Bernoulli arms, all 0.5 but one: the worst case of the lower bounds"
    source = "Auer, Cesa-Bianchi, Freund & Schapire 2002, section 7"

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

    about = "K Bernoulli arms of which only one gives rewards"
    source = "folklore; cf. bsuite's deep sea, Osband et al. 2020"

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
