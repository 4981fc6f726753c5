"""εz-greedy: exploratory actions are repeated (Dabney, Ostrovski & Barreto 2021, "Temporally-extended ε-greedy").

Where no action is being repeated, with probability ε draw an action uniformly and a duration

    P(n) ∝ n^−μ,   n = 1, 2, …      (the zeta distribution)

and take that action n times; otherwise act greedily. A repetition ends with its episode. ε is the probability to
*start* exploring, so that more than a share ε of the steps explores.

μ = 2 and the longest duration of 10,000 are the paper's; ε falls as in `epsilon-greedy`.
"""

from typing import ClassVar

import torch
from pydantic import Field

from explore.core.spec import Settings
from explore.core.transitions import Transitions
from explore.numerics.streams import Streams
from explore.strategies.epsilon_greedy import EpsilonGreedy, EpsilonGreedySettings


class EpsilonZGreedySettings(EpsilonGreedySettings):
    """Settings of `epsilon-z-greedy`."""

    exponent: float = Field(2.0, gt=1, description="μ of the durations")
    longest: int = Field(10_000, ge=1, le=1_000_000, description="longest duration in steps")


class EpsilonZGreedy(EpsilonGreedy):
    """Random actions repeated for zeta-distributed durations, greedy otherwise."""

    Settings: ClassVar[type[Settings]] = EpsilonZGreedySettings
    left: torch.Tensor  # (learners, envs) remaining repetitions
    held: torch.Tensor  # (learners, envs) the repeated action

    def __init__(self, actions: int, *, learners: int = 1, envs: int = 1, horizon: int = 100_000, **settings: object):
        super().__init__(actions, learners=learners, envs=envs, horizon=horizon, **settings)
        self.register_buffer("left", torch.zeros(learners, envs, dtype=torch.int64))
        self.register_buffer("held", torch.zeros(learners, envs, dtype=torch.int64))
        lengths = torch.arange(1, self.settings.longest + 1, dtype=torch.float64)
        self.register_buffer("cumulative", _cumulative(lengths**-self.settings.exponent), persistent=False)

    def choose(self, values: torch.Tensor, step: int, streams: Streams) -> torch.Tensor:
        draw = streams.uniform(3, values.shape[1])
        idle = self.left == 0
        start = idle & (draw[:, 0] < self.epsilon(step))
        self.held.copy_(torch.where(start, (draw[:, 1] * self.actions).long(), self.held))
        self.left.copy_(torch.where(start, self.durations(draw[:, 2]), self.left))
        exploring = self.left > 0
        self.left -= exploring.long()
        return torch.where(exploring, self.held, self.exploit(values, draw[:, 0], step))

    def durations(self, uniform: torch.Tensor) -> torch.Tensor:
        """Durations, int64, by inversion of the distribution at uniform numbers in [0, 1), of the same shape."""
        cumulative = self.get_buffer("cumulative")
        drawn = torch.searchsorted(cumulative, uniform.double().contiguous(), right=True) + 1
        return drawn.clamp_(max=len(cumulative))

    def observe(self, transitions: Transitions) -> None:
        self.left.masked_fill_(transitions.ended, 0)


def _cumulative(weights: torch.Tensor) -> torch.Tensor:
    return (weights / weights.sum()).cumsum(0)
