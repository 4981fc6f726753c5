"""Boltzmann–Gumbel: a temperature per action that falls with its count (Cesa-Bianchi et al. 2017).

    a = argmax_a Q(a) + (C/√N(a))·G(a),   G standard Gumbel

"Boltzmann Exploration Done Right": a single temperature for all actions either explores good actions too little or bad
ones too long. Actions never taken are taken first, as in the paper. With observations N is N(s, a)
(`explore.strategies.base.action_counts`).

C is in units of the reward; the paper's analysis requires C² to be at least the variance of the (sub-Gaussian) rewards:
the default of 1 suits rewards of unit variance.
"""

from typing import ClassVar

import torch
from pydantic import Field

from explore.core.spec import Settings
from explore.numerics.streams import Streams
from explore.strategies.base.action_counts import CountingStrategy
from explore.strategies.boltzmann import gumbel


class BoltzmannGumbelSettings(Settings):
    """Settings of `boltzmann-gumbel`."""

    scale: float = Field(1.0, gt=0, description="C, in units of the reward")


class BoltzmannGumbel(CountingStrategy):
    """The action of the largest value plus Gumbel noise of standard deviation ∝ 1/√N(a)."""

    Settings: ClassVar[type[Settings]] = BoltzmannGumbelSettings

    def choose(self, values: torch.Tensor, step: int, streams: Streams) -> torch.Tensor:
        counts = self.counts(values)
        noise = gumbel(streams, *values.shape[1:])
        noisy_values = values + self.settings.scale * noise * counts.clamp(min=1).rsqrt()
        untried = counts == 0
        random_untried = torch.where(untried, noise, -torch.inf)
        return torch.where(untried.any(-1, keepdim=True), random_untried, noisy_values).argmax(-1)
