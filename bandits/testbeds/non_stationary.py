"""Arms that change: regret is dynamic, against the arm that is best in each step.

`drift`    Gaussian arms whose means take independent random walks, μ ← μ + N(0, `step`²) in every step, from equal
           means 0 (Sutton & Barto 2018, exercise 2.5: `step` 0.01) or, with `spread`, from N(0, `spread`²)
`abrupt`   Bernoulli arms whose means are all drawn anew, uniformly: at the steps `changes=1000/2000`, or with the
           chance `rate` in every step (piecewise stationary, Garivier & Moulines 2011, section 2)
`rotting`  Gaussian arms whose means fall with their pulls: the n-th reward of an arm is μ n^{−`decay`} + N(0,
`noise`²), μ uniform in
           [`low`, `high`] (Levine, Crammer & Mannor 2017, section 5.1); the best arm is the one with the largest
           current mean, and policy regret is measured as well, against the oracle's own trajectory
           (`bandits.simulator.oracle`)
"""

import math
from typing import Any

import numpy as np
from pydantic import Field, field_validator

from bandits.simulator.randomness import normal, normal_of, uniform, uniform_of
from bandits.testbed import BedSettings, Floats, Testbed
from explore.numerics.compiled import kernel_part


@kernel_part
def sample_arms_drift(arms: Floats, parameters: Floats, rng: Any) -> None:
    """Equal means, or drawn ones."""
    for arm in range(len(arms)):
        arms[arm, 0] = parameters[arm, 1] * normal(rng)


@kernel_part
def advance_drift(arms: Floats, parameters: Floats, t: int, rng: Any) -> None:
    """A step of each walk."""
    for arm in range(len(arms)):
        arms[arm, 0] += parameters[arm, 0] * normal(rng)


@kernel_part
def sample_reward_drift(arms: Floats, arm: int, word: np.uint64) -> float:
    """N(μ, 1)."""
    return float(arms[arm, 0]) + normal_of(word)


@kernel_part
def sample_arms_abrupt(arms: Floats, parameters: Floats, rng: Any) -> None:
    """Means drawn from the uniform distribution."""
    for arm in range(len(arms)):
        arms[arm, 0] = uniform(rng)


@kernel_part
def advance_abrupt(arms: Floats, parameters: Floats, t: int, rng: Any) -> None:
    """New means in the steps that are listed, or by chance."""
    change = uniform(rng) < parameters[0, 0]
    for i in range(1, parameters.shape[1]):
        change |= t == parameters[0, i]
    if change:
        sample_arms_abrupt(arms, parameters, rng)


@kernel_part
def sample_reward_coin(arms: Floats, arm: int, word: np.uint64) -> float:
    """1 with the arm's chance."""
    return 1.0 if uniform_of(word) < arms[arm, 0] else 0.0


@kernel_part
def sample_arms_rotting(arms: Floats, parameters: Floats, rng: Any) -> None:
    """Fresh arms: mean now, mean when fresh, pulls, decay, noise."""
    for arm in range(len(arms)):
        fresh = parameters[arm, 0] + (parameters[arm, 1] - parameters[arm, 0]) * uniform(rng)
        arms[arm, 0], arms[arm, 1], arms[arm, 2] = fresh, fresh, 1.0
        arms[arm, 3], arms[arm, 4] = parameters[arm, 2], parameters[arm, 3]


@kernel_part
def sample_reward_rotting(arms: Floats, arm: int, word: np.uint64) -> float:
    """What the arm pays now; the next pull pays less."""
    reward = float(arms[arm, 0]) + arms[arm, 4] * normal_of(word)
    arms[arm, 2] += 1.0
    arms[arm, 0] = arms[arm, 1] * math.exp(-arms[arm, 3] * math.log(arms[arm, 2]))
    return float(reward)


class Drift(Testbed):
    """Random walks."""

    about = "Gaussian arms whose means take random walks"
    source = "Sutton & Barto 2018, exercise 2.5"

    class Settings(BedSettings):
        arms: int = Field(10, ge=1, le=100_000, description="how many arms")
        step: float = Field(0.01, ge=0, description="standard deviation of a step of the walk")
        spread: float = Field(0.0, ge=0, description="standard deviation of the means at the start")

    family = "gaussian"
    non_stationary = True
    sample_arms = staticmethod(sample_arms_drift)
    advance = staticmethod(advance_drift)
    sample_reward = staticmethod(sample_reward_drift)

    @property
    def parameters(self) -> Floats:
        """Step and spread."""
        return np.tile([self.settings.step, self.settings.spread], (self.settings.arms, 1))


class Abrupt(Testbed):
    """Sudden changes."""

    about = "Bernoulli arms whose means all change at the same steps, given or random"
    source = "Garivier & Moulines 2011, section 2"

    class Settings(BedSettings):
        arms: int = Field(10, ge=1, le=100_000, description="how many arms")
        changes: str = Field("", description="steps at which all means are drawn anew, separated by /")
        rate: float = Field(0.001, ge=0, le=1, description="chance of a change in each step; not used beside changes")

        @field_validator("changes")
        @classmethod
        def steps(cls, text: str) -> str:
            """Whole numbers of at least 2."""
            if any(not part.isdecimal() or int(part) < 2 for part in text.split("/") if text):
                raise ValueError(f"'{text}' are not steps: give whole numbers from 2 on, separated by /")
            return text

    family = "bernoulli"
    non_stationary = True
    sample_arms = staticmethod(sample_arms_abrupt)
    advance = staticmethod(advance_abrupt)
    sample_reward = staticmethod(sample_reward_coin)

    @property
    def variance(self) -> float:
        """The largest that a Bernoulli reward can have."""
        return 0.25

    def stretches(self, horizon: int) -> int | None:
        """One more than the known steps up to the horizon."""
        steps = {int(part) for part in self.settings.changes.split("/") if part}
        return 1 + sum(step <= horizon for step in steps) if steps else super().stretches(horizon)

    @property
    def parameters(self) -> Floats:
        """The rate, and the steps."""
        steps = [float(part) for part in self.settings.changes.split("/") if part]
        return np.tile([0.0 if steps else self.settings.rate, *steps], (self.settings.arms, 1))


class Rotting(Testbed):
    """Arms that wear out."""

    about = "Gaussian arms whose means fall with each of their pulls"
    source = "Levine, Crammer & Mannor 2017, section 5.1"

    class Settings(BedSettings):
        arms: int = Field(10, ge=1, le=100_000, description="how many arms")
        low: float = Field(0.5, ge=0, description="least mean of a fresh arm")
        high: float = Field(1.0, ge=0, description="largest mean of a fresh arm")
        decay: float = Field(0.25, ge=0, description="exponent by which the mean falls with pulls")
        noise: float = Field(0.5, gt=0, description="standard deviation of a reward")

    family = "gaussian"
    columns = 5
    non_stationary = True
    greedy_is_optimal = True
    sample_arms = staticmethod(sample_arms_rotting)
    sample_reward = staticmethod(sample_reward_rotting)

    @property
    def variance(self) -> float:
        """Of the noise."""
        return float(self.settings.noise**2)

    @property
    def parameters(self) -> Floats:
        """Range, decay and noise."""
        chosen = self.settings
        return np.tile([chosen.low, chosen.high, chosen.decay, chosen.noise], (chosen.arms, 1))
