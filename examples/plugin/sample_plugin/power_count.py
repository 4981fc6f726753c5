"""Power count: the bonus falls with a power of the visits.

    b(s′) = β/(n(s′) + 1)^p

n counts a learner's arrivals at s′, exactly. p = ½ is the rate of the count bonuses, p = 1 that of a Bayesian mean
(Kolter & Ng 2009).
"""

from typing import Any, ClassVar

import torch
from pydantic import Field

from explore import Bonus, BonusSettings, CountTable, Transitions, row_keys


class PowerCountSettings(BonusSettings):
    """Settings of `power-count`; beta, half_life, scale, first_visit and learns_from are inherited."""

    power: float = Field(1.0, gt=0, description="p, how fast the bonus falls")


class PowerCount(Bonus):
    """β/(n + 1)^p over arrivals."""

    Settings: ClassVar[type[BonusSettings]] = PowerCountSettings
    settings: PowerCountSettings

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = CountTable()  # one count per learner and key

    def novelty(self, transitions: Transitions) -> torch.Tensor:
        visits = self.table.get(row_keys(transitions.next_observation))
        return (visits + 1) ** -self.settings.power

    def update_statistics(self, transitions: Transitions) -> None:
        self.table.add(row_keys(transitions.next_observation), transitions.mask)
