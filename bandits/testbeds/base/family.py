"""Arms of one family of rewards: their settings, and their means, fixed or drawn for each run from a uniform prior."""

import math
from typing import Any

import numpy as np
from pydantic import Field

from bandits.simulator.randomness import uniform
from bandits.testbed import BedSettings, Floats, Testbed
from explore.errors import BadInput
from explore.numerics.compiled import kernel_part

MEAN, SPREAD, CENTRE = range(3)  # columns of the arms; of the parameters: mean or NaN, spread, low, high


def numbers(text: str, name: str) -> Floats:
    """The numbers in `text`, separated by /; BadInput where one is none."""
    try:
        return np.array([float(part) for part in text.split("/")])
    except ValueError:
        raise BadInput(f"{name}={text}: give numbers separated by /, such as 0.2/0.5.") from None


@kernel_part
def sample_arms(arms: Floats, parameters: Floats, rng: Any) -> None:
    """Means from the parameters, or drawn from the prior where they are NaN."""
    for arm in range(len(arms)):
        mean = parameters[arm, 0]
        if math.isnan(mean):
            mean = parameters[arm, 2] + (parameters[arm, 3] - parameters[arm, 2]) * uniform(rng)
        arms[arm, MEAN], arms[arm, SPREAD], arms[arm, CENTRE] = mean, parameters[arm, 1], mean


class Family(Testbed):
    """A testbed whose arms are of one family. BadInput where means or prior leave [`lowest`, `highest`]."""

    source = "one-parameter families as in Garivier & Cappé 2011, section 5"
    columns = 3
    lowest, highest = -math.inf, math.inf

    class Settings(BedSettings):
        means: str = Field("", description="the mean of each arm, separated by /; empty for means drawn per run")
        arms: int = Field(10, ge=1, le=100_000, description="how many arms, where means are drawn")
        low: float = Field(0.0, description="lower end of the prior of the means")
        high: float = Field(1.0, description="upper end of the prior of the means")

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        means = self.means
        ends = np.array([self.settings.low, self.settings.high]) if means is None else means
        if self.settings.low > self.settings.high:
            raise BadInput(f"low={self.settings.low:g} is above high={self.settings.high:g}.")
        for value in ends:
            if not self.lowest <= value <= self.highest:
                raise BadInput(f"a mean of {value:g} is outside [{self.lowest:g}, {self.highest:g}] of this family.")
        self.parameters  # noqa: B018  (settings per arm that do not fit are refused at once)

    @property
    def means(self) -> Floats | None:
        """The fixed means; None where they are drawn."""
        return numbers(self.settings.means, "means") if self.settings.means else None

    @property
    def prior(self) -> str:
        """Uniform, where means are drawn."""
        return "" if self.settings.means else f"U[{self.settings.low:g}, {self.settings.high:g}]"

    @property
    def mean_gap(self) -> float | None:
        """E[max] of K uniform numbers is low + (high − low) K/(K + 1)."""
        if self.settings.means:
            return super().mean_gap
        arms = self.settings.arms
        return float((self.settings.high - self.settings.low) * (arms / (arms + 1) - 0.5))

    @property
    def spread(self) -> str:
        """The setting that goes into the column SPREAD."""
        return "1"

    @property
    def parameters(self) -> Floats:
        """Mean or NaN, spread, low and high, degrees of freedom, `(arms, 5)`."""
        means = self.means if self.means is not None else np.full(self.settings.arms, np.nan)
        spread = numbers(self.spread, "the setting per arm")
        if len(spread) not in (1, len(means)):
            raise BadInput(f"{len(spread)} values for {len(means)} arms: give one for each, or one for all.")
        if not (spread > 0).all():
            raise BadInput(f"the value {spread.min():g} per arm is not above 0.")
        parameters = np.empty((len(means), 5))
        parameters[:, 0], parameters[:, 1] = means, spread
        parameters[:, 2], parameters[:, 3], parameters[:, 4] = self.settings.low, self.settings.high, np.nan
        return parameters

    sample_arms = staticmethod(sample_arms)
