"""Greedy: the action of highest value, ties broken uniformly at random (Sutton & Barto 2018, section 2.2)."""

import torch

from explore.strategy import Strategy
from explore.streams import Streams


class Greedy(Strategy):
    """Always the best action; no settings."""

    def choose(self, values: torch.Tensor, step: int, streams: Streams) -> torch.Tensor:
        return best(values, streams)


def best(values: torch.Tensor, streams: Streams) -> torch.Tensor:
    """The place of the largest of `values` `(learners, envs, actions)`, any one of equals: `(learners, envs)` int64."""
    draw = streams.uniform(*values.shape[1:])
    return torch.where(values == values.amax(-1, keepdim=True), draw, -1.0).argmax(-1)
