"""ε-greedy: with probability ε a uniformly random action, otherwise the best one (Sutton & Barto 2018, section 2.2).

A uniform number u decides whether to explore, u < ε; otherwise (u − ε)/(1 − ε) is uniform too and breaks ties of the
best actions.

ε falls linearly from `start` to `end` over the first share `decay` of the run, then stays constant. Defaults: ε falls
from 1 as in Mnih et al. (2015); `end` 0.05 and `decay` 0.1 were measured on MiniGrid.
"""

from typing import ClassVar

import torch
from pydantic import Field

from explore.core.spec import Settings
from explore.core.strategy import Strategy
from explore.numerics.streams import Streams
from explore.strategies.greedy import best


class EpsilonGreedySettings(Settings):
    """Settings of `epsilon-greedy`."""

    start: float = Field(1.0, ge=0, le=1, description="ε at the start")
    end: float = Field(0.05, ge=0, le=1, description="ε after the decay")
    decay: float = Field(0.1, ge=0, le=1, description="share of the run over which ε falls")


class EpsilonGreedy(Strategy):
    """Random with probability ε, greedy otherwise."""

    Settings: ClassVar[type[Settings]] = EpsilonGreedySettings

    def epsilon(self, step: int) -> float:
        """ε after `step` environment steps."""
        s = self.settings
        progress = min(1.0, step / (s.decay * self.horizon)) if s.decay else 1.0
        return float(s.start + (s.end - s.start) * progress)

    def choose(self, values: torch.Tensor, step: int, streams: Streams) -> torch.Tensor:
        uniform = streams.uniform(values.shape[1])
        random = streams.integers(self.actions, values.shape[1])
        return torch.where(uniform < self.epsilon(step), random, self.exploit(values, uniform, step))

    def exploit(self, values: torch.Tensor, uniform: torch.Tensor, step: int) -> torch.Tensor:
        """The best action, `(learners, envs)`, valid where `uniform` `(learners, envs)` ≥ ε; `uniform` breaks ties."""
        epsilon = self.epsilon(step)
        return best(values, ((uniform - epsilon) / max(1.0 - epsilon, 1e-9)).clamp_(0.0, 1.0))
