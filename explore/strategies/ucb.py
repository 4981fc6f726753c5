"""UCB over action counts, in the form of the optimistic action selection of OPIQ (Rashid et al. 2020, section 4).

    a = argmax_a Q(s, a) + C/(N(s, a) + 1)^M

N(s, a) counts the learner's actions (`explore.strategies.base.action_counts`). Unlike UCB1's √(2 ln t / N), the bonus
of an action never taken is finite and does not grow with t, so that it can be added to the values of a network. Ties
are broken at random.

The defaults are choices, not measurements: C = 1 is the largest return of a MiniGrid maze, and with M = ½ the bonus
falls as fast as the standard error of a mean.
"""

from typing import ClassVar

import torch
from pydantic import Field

from explore.core.spec import Settings
from explore.numerics.streams import Streams
from explore.strategies.base.action_counts import CountingStrategy
from explore.strategies.greedy import best


class UCBSettings(Settings):
    """Settings of `ucb`."""

    optimism: float = Field(1.0, ge=0, description="C, in units of the return")
    power: float = Field(0.5, gt=0, description="M, how fast optimism falls with the count")


class UCB(CountingStrategy):
    """The action with the highest value plus a bonus for rarely taken actions."""

    Settings: ClassVar[type[Settings]] = UCBSettings

    def choose(self, values: torch.Tensor, step: int, streams: Streams) -> torch.Tensor:
        s = self.settings
        return best(values + s.optimism * (self.counts(values) + 1) ** -s.power, streams.uniform(values.shape[1]))
