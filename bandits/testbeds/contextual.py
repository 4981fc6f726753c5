"""Contextual arms with linear rewards: before every step each arm has a context, in which its mean is linear.

    μ_a(t) = θ · x_a(t),   reward = μ_a(t) + N(0, `noise`²)

One parameter θ for all arms, and a context of its own for each (Abbasi-Yadkori, Pál & Szepesvári 2011, section 2;
Agrawal & Goyal 2013); with `parameters=disjoint` one context x(t) that all arms share, and a parameter θ_a for each
(Li, Chu, Langford & Schapire 2010, section 3.1). Contexts and parameters lie uniformly on the unit sphere of
`dimension` numbers: parameters are drawn as a run begins, contexts in every step, from the run's own stream, so that
all policies see the same. Regret is against the arm that is best in the step, Σ_t max_a μ_a(t) − μ_{A_t}(t).
"""

import math
from typing import Any, Literal

import numpy as np
from pydantic import Field

from bandits.simulator.randomness import normal, normal_of
from bandits.testbed import BedSettings, Floats, Testbed
from explore.numerics.compiled import kernel_part

MEAN, NOISE, CONTEXT = range(3)  # columns of the arms: the context takes `dimension` of them, and θ as many after it
DISJOINT = 1  # column of the parameters


@kernel_part
def _point(arms: Floats, arm: int, first: int, dimension: int, rng: Any) -> None:
    """A point on the unit sphere into the columns from `first` on: normal numbers, divided by their length."""
    square = 0.0
    while square == 0.0:
        for column in range(first, first + dimension):
            arms[arm, column] = normal(rng)
            square += arms[arm, column] ** 2
    for column in range(first, first + dimension):
        arms[arm, column] /= math.sqrt(square)


@kernel_part
def _copy(arms: Floats, arm: int, first: int, dimension: int) -> None:
    """What the first arm has in these columns."""
    for column in range(first, first + dimension):
        arms[arm, column] = arms[0, column]


@kernel_part
def sample_arms(arms: Floats, parameters: Floats, rng: Any) -> None:
    """Parameters, and the first contexts."""
    dimension = (arms.shape[1] - CONTEXT) // 2
    for arm in range(len(arms)):
        arms[arm, NOISE] = parameters[arm, 0]
        if arm == 0 or parameters[arm, DISJOINT] > 0.0:
            _point(arms, arm, CONTEXT + dimension, dimension, rng)
        else:
            _copy(arms, arm, CONTEXT + dimension, dimension)
    advance(arms, parameters, 1, rng)


@kernel_part
def advance(arms: Floats, parameters: Floats, t: int, rng: Any) -> None:
    """New contexts, and the means that follow."""
    dimension = (arms.shape[1] - CONTEXT) // 2
    for arm in range(len(arms)):
        if arm == 0 or parameters[arm, DISJOINT] == 0.0:
            _point(arms, arm, CONTEXT, dimension, rng)
        else:
            _copy(arms, arm, CONTEXT, dimension)
        mean = 0.0
        for column in range(CONTEXT, CONTEXT + dimension):
            mean += arms[arm, column] * arms[arm, column + dimension]
        arms[arm, MEAN] = mean


@kernel_part
def write_context(arms: Floats, context: Floats) -> None:
    """The context of each arm, `(dimension, arms)`."""
    for row in range(len(context)):
        for arm in range(len(arms)):
            context[row, arm] = arms[arm, CONTEXT + row]


@kernel_part
def sample_reward(arms: Floats, arm: int, word: np.uint64) -> float:
    """N(μ, noise²)."""
    return float(arms[arm, MEAN] + arms[arm, NOISE] * normal_of(word))


class Linear(Testbed):
    """Linear rewards."""

    class Settings(BedSettings):
        arms: int = Field(10, ge=1, le=100_000, description="how many arms")
        dimension: int = Field(5, ge=1, le=1000, description="how many numbers a context has")
        noise: float = Field(0.5, gt=0, description="standard deviation of a reward")
        parameters: Literal["shared", "disjoint"] = Field(
            "shared", description="shared: one θ, a context per arm; disjoint: one context, a θ per arm"
        )

    about = "contextual arms: a context of each arm is observed before every pull, and its mean is linear in it"
    source = "Abbasi-Yadkori, Pál & Szepesvári 2011; Li et al. 2010"
    family = "gaussian"
    non_stationary = True
    lengths = (1.0, 1.0)
    sample_arms = staticmethod(sample_arms)
    advance = staticmethod(advance)
    write_context = staticmethod(write_context)
    sample_reward = staticmethod(sample_reward)

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.context_rows = self.settings.dimension
        self.linear = self.settings.parameters
        self.columns = CONTEXT + 2 * self.settings.dimension

    @property
    def variance(self) -> float:
        """Of the noise."""
        return float(self.settings.noise**2)

    @property
    def parameters(self) -> Floats:
        """Noise, and 1 where each arm has a parameter of its own."""
        return np.tile([self.settings.noise, float(self.linear == "disjoint")], (self.settings.arms, 1))
