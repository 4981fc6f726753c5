"""From any Gymnasium observation space to tensors: compact codes to store and count, features for networks.

`encode` flattens observations to rows of one dtype, `(…, width)`: what a replay buffer keeps and what a count is keyed
by. `features` turns rows into what a network reads, `(…, features)` float32: categories one-hot, bytes divided by 255,
floats as they are. Dictionaries and tuples are flattened in Gymnasium's own order.
"""

from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
import torch

from explore.errors import BadInput

IMAGE_SCALE = 255.0


class Encoder:
    """The encoding of one observation space.

    width: numbers per stored row. dtype: their type, uint8 or int64 where every number is whole, so that each is kept
    exactly; float32 as soon as one is not (numbers that float32 cannot tell apart are one).
    categories: per column of a row how many categories it has, 0 for a plain number. bounds: `(2, width)` float64, the
    least and the largest that a column of a stored row can be.
    size: features per row. starts: `(width + 1,)` int64, the feature with which each column begins, and last `size`.
    image_shape: `(height, width, channels)` when the space is one image of bytes, else None;
    channels_first where its first axis is the shortest (stacked frames), so that rows run over channels first.
    """

    def __init__(self, space: gym.Space[Any]) -> None:
        self.space = space
        leaves = list(_leaves(space))
        categories: list[int] = []  # per column: how many categories, 0 for a plain number
        scales: list[float] = []
        bounds: list[npt.NDArray[np.float64]] = []
        for leaf in leaves:
            columns, scale = _columns(leaf)
            categories += columns
            scales += [scale] * len(columns)
            bounds.append(_bounds(leaf, len(columns)))
        self.categories = categories
        self.bounds = np.concatenate(bounds, axis=1)
        self.width = len(categories)
        self.dtype = _dtype(leaves)
        self.image_shape: tuple[int, int, int] | None = None
        self.channels_first = False
        if isinstance(space, gym.spaces.Box) and space.dtype == np.uint8 and len(space.shape) == 3:
            first, second, third = space.shape
            self.channels_first = first < min(second, third)
            self.image_shape = (second, third, first) if self.channels_first else (first, second, third)
        counts = np.array(categories, dtype=np.int64)
        widths = np.where(counts > 0, counts, 1)
        starts = np.cumsum(widths) - widths
        self.size = int(widths.sum())
        self.starts = np.append(starts, self.size)
        self._category_columns = torch.from_numpy(np.flatnonzero(counts > 0))
        self._category_starts = torch.from_numpy(starts[counts > 0])
        self._number_columns = torch.from_numpy(np.flatnonzero(counts == 0))
        self._number_places = torch.from_numpy(starts[counts == 0])
        self._number_scales = torch.tensor(scales, dtype=torch.float32)[counts == 0]

    def encode(self, observation: Any) -> npt.NDArray[Any]:
        """Rows for a batch of observations as a vector environment gives them: `(batch, width)`, C-contiguous."""
        parts = list(_flat(self.space, observation))
        if len(parts) == 1:
            return np.ascontiguousarray(parts[0], dtype=self.dtype)
        return np.concatenate([part.astype(self.dtype, copy=False) for part in parts], axis=1)

    @property
    def categorical(self) -> bool:
        """Whether every column is a category."""
        return len(self._category_columns) == self.width

    @property
    def number_places(self) -> torch.Tensor:
        """Which features are plain numbers, not categories, `(numbers,)` int64."""
        return self._number_places

    def places(self, rows: torch.Tensor) -> torch.Tensor:
        """Which feature each category column of `rows` sets to one, `(…, category columns)` int64."""
        if not self.categorical:
            rows = rows[..., self._category_columns]
        return rows.long() + self._category_starts.to(rows.device)

    def features(self, rows: torch.Tensor) -> torch.Tensor:
        """What a network reads: `(…, width)` rows to `(…, size)` float32."""
        if not len(self._category_columns):
            return rows.float() * self._number_scales.to(rows.device)
        out = torch.zeros(*rows.shape[:-1], self.size, device=rows.device)
        out.scatter_(-1, self.places(rows), 1.0)
        if self.categorical:
            return out
        out[..., self._number_places] = rows[..., self._number_columns].float() * self._number_scales.to(rows.device)
        return out


def _leaves(space: gym.Space[Any]) -> Any:
    if isinstance(space, gym.spaces.Dict):
        for part in space.spaces.values():
            yield from _leaves(part)
    elif isinstance(space, gym.spaces.Tuple):
        for part in space.spaces:
            yield from _leaves(part)
    else:
        yield space


def _flat(space: gym.Space[Any], observation: Any) -> Any:
    """The leaves of a batch of observations, each `(batch, columns)`."""
    if isinstance(space, gym.spaces.Dict):
        for name, part in space.spaces.items():
            yield from _flat(part, observation[name])
    elif isinstance(space, gym.spaces.Tuple):
        for part, value in zip(space.spaces, observation, strict=True):
            yield from _flat(part, value)
    else:
        array = np.asarray(observation)
        rows = array.reshape(len(array), -1)
        if isinstance(space, gym.spaces.Discrete | gym.spaces.MultiDiscrete):
            rows = rows - np.asarray(space.start).reshape(-1)
        yield rows


def _columns(leaf: gym.Space[Any]) -> tuple[list[int], float]:
    """Per column of a leaf the number of categories (0 for a plain number), and the scale of plain numbers."""
    if isinstance(leaf, gym.spaces.Discrete):
        return [int(leaf.n)], 1.0
    if isinstance(leaf, gym.spaces.MultiDiscrete):
        return [int(count) for count in leaf.nvec.reshape(-1)], 1.0
    if isinstance(leaf, gym.spaces.MultiBinary):
        return [0] * int(np.prod(leaf.shape)), 1.0
    if isinstance(leaf, gym.spaces.Box):
        image = leaf.dtype == np.uint8
        return [0] * int(np.prod(leaf.shape)), 1.0 / IMAGE_SCALE if image else 1.0
    raise BadInput(
        f"the observation space {leaf} is not supported: use Discrete, MultiDiscrete, MultiBinary, Box, Dict or Tuple."
    )


def _bounds(leaf: gym.Space[Any], columns: int) -> npt.NDArray[np.float64]:
    """The least and the largest of each column of a leaf as it is stored, `(2, columns)`."""
    if isinstance(leaf, gym.spaces.Box):
        return np.stack([leaf.low.reshape(-1), leaf.high.reshape(-1)]).astype(np.float64)
    counts, _ = _columns(leaf)
    return np.stack([np.zeros(columns), np.where(np.array(counts) > 0, np.array(counts) - 1.0, 1.0)])


def _dtype(leaves: list[gym.Space[Any]]) -> np.dtype[Any]:
    """uint8 where every leaf fits, int64 for larger integers, float32 as soon as one leaf has floats."""
    needed: np.dtype[Any] = np.dtype(np.uint8)
    for leaf in leaves:
        if isinstance(leaf, gym.spaces.Box):
            kind = np.dtype(leaf.dtype)
            if kind.kind == "f":
                return np.dtype(np.float32)
            if kind != np.uint8 and kind.kind != "b":
                needed = np.dtype(np.int64)
        if isinstance(leaf, gym.spaces.Discrete | gym.spaces.MultiDiscrete) and max(_columns(leaf)[0]) > 256:
            needed = np.dtype(np.int64)
    return needed
