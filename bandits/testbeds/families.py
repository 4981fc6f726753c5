"""Arms of one family of rewards, with fixed means or means drawn for each run from a uniform prior.

`gaussian`            N(μ, σ²), σ per arm
`truncated-gaussian`  N(m, σ²) kept to [0, 1]: draws outside are drawn again; its mean is computed
`exponential`         of mean μ
`poisson`             of mean μ
`uniform`             on the widest interval around μ that lies in [0, 1]
`beta`                Beta(κμ, κ(1 − μ))
`student`             μ + σ T_ν: heavy tails

`means=0.2/0.5` fixes the means; without, `arms` means are drawn uniformly from [`low`, `high`] as each run begins.
The values of a setting per arm are separated by / too; a single value holds for all arms.
"""

import math
from typing import Any

import numpy as np
from pydantic import Field
from scipy import stats

from bandits.simulator.randomness import beta, gamma, normal, normal_of, uniform_of
from bandits.testbed import Floats
from bandits.testbeds.base.family import CENTRE, MEAN, SPREAD, Family, numbers, sample_arms
from explore.numerics.compiled import kernel_part
from explore.numerics.hashing import GAMMA, mix


@kernel_part
def sample_arms_truncated(arms: Floats, parameters: Floats, rng: Any) -> None:
    """The same; what is given or drawn is the centre, and the mean of what is left in [0, 1] follows."""
    sample_arms(arms, parameters, rng)
    for arm in range(len(arms)):
        centre, spread = arms[arm, CENTRE], arms[arm, SPREAD]
        low, high = -centre / spread, (1.0 - centre) / spread
        density = (math.exp(-0.5 * low * low) - math.exp(-0.5 * high * high)) / math.sqrt(2.0 * math.pi)
        chance = 0.5 * (math.erf(high / math.sqrt(2.0)) - math.erf(low / math.sqrt(2.0)))
        arms[arm, MEAN] = centre + spread * density / chance


@kernel_part
def sample_reward_gaussian(arms: Floats, arm: int, word: np.uint64) -> float:
    """N(μ, σ²)."""
    return float(arms[arm, MEAN] + arms[arm, SPREAD] * normal_of(word))


@kernel_part
def sample_reward_truncated(arms: Floats, arm: int, word: np.uint64) -> float:
    """N(m, σ²) in [0, 1]."""
    while True:
        reward = float(arms[arm, CENTRE] + arms[arm, SPREAD] * normal_of(word))
        if 0.0 <= reward <= 1.0:
            return reward
        word = mix(word + GAMMA)


@kernel_part
def sample_reward_exponential(arms: Floats, arm: int, word: np.uint64) -> float:
    """−μ ln U."""
    return float(-arms[arm, MEAN] * math.log(1.0 - uniform_of(word)))


@kernel_part
def sample_reward_poisson(arms: Floats, arm: int, word: np.uint64) -> float:
    """By inversion: the smallest k whose distribution function exceeds a uniform number."""
    left, count = uniform_of(word), 0.0
    chance = math.exp(-arms[arm, MEAN])
    while left >= chance and chance > 0.0:
        left -= chance
        count += 1.0
        chance *= arms[arm, MEAN] / count
    return count


@kernel_part
def sample_reward_uniform(arms: Floats, arm: int, word: np.uint64) -> float:
    """Uniform on [μ − w, μ + w], w = min(μ, 1 − μ)."""
    mean = arms[arm, MEAN]
    return float(mean + min(mean, 1.0 - mean) * (2.0 * uniform_of(word) - 1.0))


@kernel_part
def sample_reward_beta(arms: Floats, arm: int, word: np.uint64) -> float:
    """Beta(κμ, κ(1 − μ)), from a stream that begins with the word; SPREAD is κ."""
    own = np.empty(1, np.uint64)
    own[0] = word
    return beta(own, arms[arm, SPREAD] * arms[arm, MEAN], arms[arm, SPREAD] * (1.0 - arms[arm, MEAN]))


@kernel_part
def sample_reward_student(arms: Floats, arm: int, word: np.uint64) -> float:
    """μ + σ Z / √(2 G / ν), G gamma of shape ν/2; CENTRE is ν."""
    own = np.empty(1, np.uint64)
    own[0] = word
    freedom = arms[arm, CENTRE]
    number = normal(own)
    return float(arms[arm, MEAN] + arms[arm, SPREAD] * number / math.sqrt(2.0 * gamma(own, 0.5 * freedom) / freedom))


@kernel_part
def sample_arms_student(arms: Floats, parameters: Floats, rng: Any) -> None:
    """As `start`, and the degrees of freedom."""
    sample_arms(arms, parameters, rng)
    arms[:, CENTRE] = parameters[:, 4]


class Gaussian(Family):
    """Gaussian arms with deviations of their own."""

    class Settings(Family.Settings):
        deviations: str = Field("1", description="standard deviation of each arm's rewards, or one for all")

    about = "Gaussian arms, each with its own standard deviation"
    source = "Lai & Robbins 1985"
    family = "gaussian"
    sample_reward = staticmethod(sample_reward_gaussian)

    @property
    def spread(self) -> str:
        """σ."""
        return str(self.settings.deviations)

    @property
    def variance(self) -> float:
        """The largest."""
        return float(self.variances.max())

    @property
    def variances(self) -> Floats:
        """σ² of each arm."""
        return np.asarray(self.parameters[:, 1] ** 2)


class TruncatedGaussian(Family):
    """Gaussian arms kept to [0, 1]."""

    class Settings(Family.Settings):
        deviation: float = Field(0.2, ge=0.01, description="standard deviation before the ends are cut off")

    about = "Gaussian arms truncated to [0, 1]"
    source = "bounded arms as in Garivier & Cappé 2011, section 6"
    family = "bounded"
    lowest, highest = 0.0, 1.0
    sample_arms = staticmethod(sample_arms_truncated)
    sample_reward = staticmethod(sample_reward_truncated)

    @property
    def prior(self) -> str:
        """That of the centres is uniform, that of the means is not."""
        return "" if self.settings.means else f"centres U[{self.settings.low:g}, {self.settings.high:g}]"

    @property
    def mean_gap(self) -> float | None:
        """Known where the centres are given."""
        return super().mean_gap if self.settings.means else None

    @property
    def means(self) -> Floats | None:
        """Of what is left in [0, 1], where the centres are given."""
        if not self.settings.means:
            return None
        centres, spread = numbers(self.settings.means, "means"), self.settings.deviation
        return np.asarray(stats.truncnorm.mean(-centres / spread, (1 - centres) / spread, centres, spread))

    @property
    def parameters(self) -> Floats:
        """With the centres in the place of the means."""
        parameters = super().parameters
        if self.settings.means:
            parameters[:, 0] = numbers(self.settings.means, "means")
        return parameters

    @property
    def spread(self) -> str:
        """σ."""
        return str(self.settings.deviation)

    @property
    def variance(self) -> float:
        """No more than 1/4 in [0, 1]."""
        return float(min(0.25, self.settings.deviation**2))


class Exponential(Family):
    """Exponential arms."""

    class Settings(Family.Settings):
        low: float = Field(0.1, description="lower end of the prior of the means")

    about = "exponential arms"
    source = "Garivier & Cappé 2011, section 6.3 (there cut off at 10)"
    family = "exponential"
    lowest = 0.0
    sample_reward = staticmethod(sample_reward_exponential)

    @property
    def variance(self) -> float:
        """The square of the largest mean."""
        return float(self.settings.high if self.means is None else self.means.max()) ** 2


class Poisson(Family):
    """Poisson arms."""

    about = "Poisson arms: counts"
    source = "Cappé et al. 2013"
    family = "poisson"
    lowest, highest = 0.0, 500.0
    sample_reward = staticmethod(sample_reward_poisson)

    @property
    def variance(self) -> float:
        """The largest mean."""
        return max(float(self.settings.high if self.means is None else self.means.max()), 1e-12)


class Uniform(Family):
    """Uniform arms in [0, 1]."""

    about = "uniform arms on the widest interval around the mean in [0, 1]"
    source = "any bounded arms: Auer, Cesa-Bianchi & Fischer 2002"
    family = "bounded"
    lowest, highest = 0.0, 1.0
    sample_reward = staticmethod(sample_reward_uniform)

    @property
    def variance(self) -> float:
        """Of the widest, on [0, 1]: 1/12; a bound of 1/4 holds for any rewards in [0, 1]."""
        return 1.0 / 12.0


class Beta(Family):
    """Beta arms."""

    class Settings(Family.Settings):
        means: str = Field("", description="the mean of each arm, separated by /; empty for means drawn per run")
        low: float = Field(0.05, description="lower end of the prior of the means")
        high: float = Field(0.95, description="upper end of the prior of the means")
        concentration: float = Field(4.0, gt=0, description="κ = a + b: how narrow the rewards lie about the mean")

    about = "Beta arms: rewards anywhere in [0, 1]"
    source = "any bounded arms: Auer, Cesa-Bianchi & Fischer 2002"
    family = "bounded"
    lowest, highest = 0.001, 0.999
    sample_reward = staticmethod(sample_reward_beta)

    @property
    def spread(self) -> str:
        """κ."""
        return str(self.settings.concentration)

    @property
    def variance(self) -> float:
        """Of a mean of 1/2: 1 / (4 (κ + 1)), the largest."""
        return float(0.25 / (self.settings.concentration + 1.0))


class Student(Family):
    """Student-t arms."""

    class Settings(Family.Settings):
        freedom: float = Field(3.0, gt=2, description="degrees of freedom ν; the variance is infinite at 2")
        scale: float = Field(1.0, gt=0, description="σ")

    about = "Student-t arms: heavy tails"
    source = "heavy tails: Bubeck, Cesa-Bianchi & Lugosi 2013"
    family = "heavy-tailed"
    sample_arms = staticmethod(sample_arms_student)
    sample_reward = staticmethod(sample_reward_student)

    @property
    def spread(self) -> str:
        """σ."""
        return str(self.settings.scale)

    @property
    def parameters(self) -> Floats:
        """With ν."""
        parameters = super().parameters
        parameters[:, 4] = self.settings.freedom
        return parameters

    @property
    def variance(self) -> float:
        """σ² ν / (ν − 2)."""
        return float(self.settings.scale**2 * self.settings.freedom / (self.settings.freedom - 2.0))
