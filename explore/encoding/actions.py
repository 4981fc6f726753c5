"""Actions: validation, encoding for networks, and the loss of a predicted action.

space               features                    loss of a prediction
Discrete            one-hot                     cross-entropy
MultiDiscrete       one-hot, concatenated       sum of the cross-entropies
Box                 the raw vector              mean squared error
MultiBinary         the raw vector              mean squared error
"""

from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
import torch

from explore.errors import BadInput


class ActionEncoder:
    """The encoding of one action space.

    size: the number of features. categories: the number of categories of each part of an action, empty for Box and
    MultiBinary. BadInput for a space of another kind.
    """

    def __init__(self, space: gym.Space[Any]) -> None:
        self.space = space
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
        self._float = np.dtype(np.float64 if space.dtype == np.float64 else np.float32)
        self._low: npt.NDArray[Any] | None = None  # bounds of integer actions
        self._high: npt.NDArray[Any] | None = None
        if self.categories:
            shape = tuple(space.shape or ())
            self._low = np.array(starts).reshape(shape)
            self._high = self._low + np.array(self.categories).reshape(shape) - 1
        elif isinstance(space, gym.spaces.MultiBinary):
            self._low, self._high = np.array(0), np.array(1)
        elif isinstance(space, gym.spaces.Box) and np.dtype(space.dtype).kind != "f":
            self._low, self._high = space.low, space.high

    def encode(self, action: Any, batch: int) -> npt.NDArray[Any]:
        """The checked actions of a batch, `(batch, *space.shape)`: int64, or floats for a Box of floats.

        BadInput for another shape, floats where the space has whole numbers, whole numbers outside the space, and NaN
        or infinity. Floats may exceed the bounds of the space: many environments clip them.
        """
        shape = tuple(self.space.shape or ())
        try:
            array = np.asarray(action)
        except ValueError:
            raise BadInput(f"the actions differ in shape, where the space is {self.space}.") from None
        if array.dtype.kind not in "biuf":
            kind = array.dtype if isinstance(action, np.ndarray) else type(action).__name__
            raise BadInput(f"got an action of type {kind}, where the space is {self.space}.")
        if array.shape != (batch, *shape):
            if batch == 1:
                got, right = f"an action of shape {array.shape[1:]}", f"shape {shape}" if shape else "a single number"
            else:
                got, right = f"actions of shape {array.shape}", f"shape {(batch, *shape)}"
            raise BadInput(f"got {got}, where the space {self.space} has {right}.")
        if self._low is None:
            array = array.astype(self._float, copy=False)
            if not np.isfinite(array).all():
                raise BadInput(f"an action has {array[~np.isfinite(array)][0]}: actions must be finite.")
            return array.copy()
        if array.dtype.kind == "f":
            raise BadInput(f"got an action of {array.dtype}, where the space {self.space} has whole numbers.")
        outside = (array < self._low) | (array > self._high)
        if outside.any():
            raise BadInput(f"action {array[outside][0]} is outside the space {self.space}.")
        return array.astype(np.int64)

    def features(self, action: torch.Tensor) -> torch.Tensor:
        """The features of actions `(learners, batch, *space.shape)`, `(learners, batch, size)` float32."""
        if not self.categories:
            return action.reshape(*action.shape[:2], self.numbers).float()
        parts = [
            torch.nn.functional.one_hot(index, count)
            for index, count in zip(self._indices(action), self.categories, strict=True)
        ]
        return torch.cat(parts, dim=-1).float()

    def loss(self, predicted: torch.Tensor, action: torch.Tensor) -> torch.Tensor:
        """The loss of predictions, `(learners, batch)`.

        predicted: logits of the categories, or numbers, `(learners, batch, size)`. action: the actions taken,
        `(learners, batch, *space.shape)`.
        """
        if not self.categories:
            return (predicted - self.features(action)).square().mean(-1)
        logits = predicted.split(self.categories, dim=-1)
        terms = [
            torch.nn.functional.cross_entropy(part.movedim(-1, 1), index, reduction="none")
            for part, index in zip(logits, self._indices(action), strict=True)
        ]
        return torch.stack(terms).sum(0)

    def _indices(self, action: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """The category of each part, from 0, `(learners, batch)` int64 each; BadInput for one outside the space."""
        parts = action.reshape(*action.shape[:2], len(self.categories)).long() - self._starts.to(action.device)
        indices = parts.unbind(-1)
        for index, count in zip(indices, self.categories, strict=True):
            low, high = index.aminmax() if index.numel() else (0, 0)
            if low < 0 or high >= count:
                raise BadInput(f"an action is outside the space {self.space}.")
        return indices
