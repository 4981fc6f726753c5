"""Boltzmann (softmax) exploration: action probabilities ∝ exp(Q/τ) (Sutton & Barto 2018, section 13.1).

    P(a) = exp(Q(a)/τ) / Σ_b exp(Q(b)/τ)

sampled by the Gumbel-max method, argmax_a [Q(a)/τ + G(a)], G standard Gumbel, so that no exponential can overflow. τ
falls linearly from `start` to `end` over the first share `decay` of the run, then stays constant. τ has the unit of the
values; the defaults suit returns between 0 and 1 and are a choice, not a measurement.
"""

from typing import ClassVar

import torch
from pydantic import Field

from explore.core.spec import Settings
from explore.core.strategy import Strategy
from explore.numerics.streams import Streams


class BoltzmannSettings(Settings):
    """Settings of `boltzmann`."""

    start: float = Field(1.0, gt=0, description="τ at the start")
    end: float = Field(0.02, gt=0, description="τ after the decay")
    decay: float = Field(0.1, ge=0, le=1, description="share of the run over which τ falls")


class Boltzmann(Strategy):
    """Samples actions from the softmax of the values at temperature τ."""

    Settings: ClassVar[type[Settings]] = BoltzmannSettings

    def temperature(self, step: int) -> float:
        """τ after `step` environment steps."""
        s = self.settings
        progress = min(1.0, step / (s.decay * self.horizon)) if s.decay else 1.0
        return float(s.start + (s.end - s.start) * progress)

    def choose(self, values: torch.Tensor, step: int, streams: Streams) -> torch.Tensor:
        return (values / self.temperature(step) + gumbel(streams, *values.shape[1:])).argmax(-1)


def gumbel(streams: Streams, *shape: int) -> torch.Tensor:
    """Standard Gumbel numbers, float32, `(learners, *shape)`: −ln(−ln U)."""
    # Mapped into [2⁻²⁵, 1 − 2⁻²⁵], as a logarithm is infinite at either end of [0, 1].
    uniform = streams.uniform(*shape).double() * (1 - 2**-24) + 2**-25
    return -torch.log(-torch.log(uniform)).float()
