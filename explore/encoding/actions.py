"""Actions as networks read them, and how far a prediction of an action is off.

space               features                    loss of a prediction
Discrete            one-hot                     cross-entropy
MultiDiscrete       one-hot, side by side       sum of the cross-entropies
Box                 the raw vector              mean squared error
MultiBinary         the raw vector              mean squared error
"""

from typing import Any

import gymnasium as gym
import numpy as np
import torch

from explore.errors import BadInput


class ActionCode:
    """The features of actions of one space; `size` is how many. BadInput where the space has no such form."""

    def __init__(self, space: gym.Space[Any]) -> None:
        if isinstance(space, gym.spaces.Discrete):
            self.categories, starts = [int(space.n)], [int(space.start)]
        elif isinstance(space, gym.spaces.MultiDiscrete):
            self.categories = [int(count) for count in space.nvec.reshape(-1)]
            starts = [int(start) for start in space.start.reshape(-1)]
        elif isinstance(space, gym.spaces.Box | gym.spaces.MultiBinary):
            self.categories, starts = [], []
        else:
            raise BadInput(
                f"the action space {space} is not supported: use Discrete, MultiDiscrete, MultiBinary or Box."
            )
        self.numbers = 0 if self.categories else int(np.prod(space.shape or ()))
        self.size = sum(self.categories) + self.numbers
        self._starts = torch.tensor(starts, dtype=torch.int64)

    def features(self, action: torch.Tensor) -> torch.Tensor:
        """`(learners, batch)` or `(learners, batch, …)` actions to `(learners, batch, size)` float32."""
        if not self.categories:
            return action.reshape(*action.shape[:2], self.numbers).float()
        parts = [
            torch.nn.functional.one_hot(index, count)
            for index, count in zip(self._indices(action), self.categories, strict=True)
        ]
        return torch.cat(parts, dim=-1).float()

    def loss(self, predicted: torch.Tensor, action: torch.Tensor) -> torch.Tensor:
        """How far `predicted`, `(learners, batch, size)`, is from the actions taken, `(learners, batch)`."""
        if not self.categories:
            return (predicted - self.features(action)).square().mean(-1)
        logits = predicted.split(self.categories, dim=-1)
        terms = [
            torch.nn.functional.cross_entropy(part.movedim(-1, 1), index, reduction="none")
            for part, index in zip(logits, self._indices(action), strict=True)
        ]
        return torch.stack(terms).sum(0)

    def _indices(self, action: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """The category chosen in each part, `(learners, batch)` int64."""
        parts = action.reshape(*action.shape[:2], len(self.categories)).long()
        return (parts - self._starts.to(action.device)).unbind(-1)
