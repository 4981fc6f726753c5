"""Greedy: the action of highest value, ties broken uniformly at random (Sutton & Barto 2018, section 2.2)."""

import torch

from explore.core.strategy import Strategy
from explore.numerics.streams import Streams


class Greedy(Strategy):
    """Always the best action; no settings."""

    def choose(self, values: torch.Tensor, step: int, streams: Streams) -> torch.Tensor:
        return best(values, streams.uniform(values.shape[1]))


def best(values: torch.Tensor, uniform: torch.Tensor) -> torch.Tensor:
    """The index of the largest of `values` `(learners, envs, actions)`, `(learners, envs)` int64.

    uniform: `(learners, envs)` in [0, 1), breaks ties.
    """
    maxima_so_far = (values == values.amax(-1, keepdim=True)).cumsum(-1)
    ties = maxima_so_far[..., -1]
    rank = (uniform * ties).long().clamp(max=ties - 1)  # float32 may round a product up to `ties`
    return (maxima_so_far <= rank.unsqueeze(-1)).sum(-1)
