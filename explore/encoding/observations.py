"""Observations of any supported Gymnasium space as tensors: compact rows to store and count, features for networks.

`encode` checks observations (`explore.encoding.leaves`) and flattens them to rows of one dtype, `(batch, width)`, which
replay buffers store and counts use as keys. `features` maps rows to the input of a network, `(…, size)` float32:
categories one-hot, bytes divided by 255, other numbers unchanged. Dict and Tuple spaces are flattened in Gymnasium's
own order.
"""

from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
import torch

from explore.encoding.leaves import LOWER_BITS, Leaf, leaves, values
from explore.errors import BadInput

IMAGE_SCALE = 255.0
UINT8, INT64, FLOAT32, FLOAT64 = (np.dtype(name) for name in ("u1", "i8", "f4", "f8"))


class Encoder:
    """The encoding of one observation space.

    trusted: check only the shapes of observations; for environments that are known to return observations within their
    space.

    width: columns per row. dtype: the type of rows, which represents every number of the space exactly: uint8 or int64
    where all are whole; else float32, or float64 where a leaf has that type or whole numbers that float32 rounds. Whole
    numbers that even float64 (or int64) does not represent take two columns, the upper and the lower 32 bits.
    categories: the number of categories of each column, 0 for a column of numbers. bounds: `(2, width)` float64, the
    lower and the upper bound of each column.
    size: features per row. starts: `(width + 1,)` int64, the index of each column's first feature, and last `size`.
    image_shape: `(height, width, channels)` when the space is one image of bytes, else None;
    channels_first: whether the image's first axis is the shortest (stacked frames), so that a row has the channels one
    after the other.

    BadInput for a space that is not supported or has no components.
    """

    def __init__(self, space: gym.Space[Any], *, trusted: bool = False) -> None:
        self.space = space
        self.trusted = trusted
        self._leaves = list(leaves(space))
        if not sum(leaf.numbers for leaf in self._leaves):
            raise BadInput(f"the observation space {space} has no components: it needs at least one number.")
        self.dtype = _row_type(self._leaves)
        for leaf in self._leaves:
            leaf.split = not leaf.floating and not leaf.fits(self.dtype)
        self.categories = [count for leaf in self._leaves for count in leaf.categories]
        self.bounds = np.concatenate([leaf.bounds for leaf in self._leaves], axis=1)
        self.width = len(self.categories)
        self.image_shape: tuple[int, int, int] | None = None
        self.channels_first = False
        if isinstance(space, gym.spaces.Box) and space.dtype == np.uint8 and len(space.shape) == 3:
            first, second, third = space.shape
            self.channels_first = first < min(second, third)
            self.image_shape = (second, third, first) if self.channels_first else (first, second, third)
        counts = np.array(self.categories, dtype=np.int64)
        upper = np.concatenate([leaf.upper for leaf in self._leaves])
        widths = np.where(upper, 0, np.where(counts > 0, counts, 1))  # both halves are one feature
        starts = np.cumsum(widths) - widths
        self.size = int(widths.sum())
        self.starts = np.append(starts, self.size)
        scales = np.concatenate(
            [np.full(len(leaf.categories), _scale(leaf.space), np.float32) for leaf in self._leaves]
        )
        numbers = (counts == 0) & ~upper
        self._counts = torch.from_numpy(counts[counts > 0])
        self._category_columns = torch.from_numpy(np.flatnonzero(counts > 0))
        self._category_starts = torch.from_numpy(starts[counts > 0])
        self._number_columns = torch.from_numpy(np.flatnonzero(numbers))
        self._number_features = torch.from_numpy(starts[numbers])
        self._number_scales = torch.from_numpy(scales[numbers])
        self._upper_columns = torch.from_numpy(np.flatnonzero(upper))
        self._upper_features = torch.from_numpy(starts[upper])

    def encode(self, observation: Any) -> npt.NDArray[Any]:
        """Rows `(batch, width)`, C-contiguous, of a batch of observations as a vector environment returns them.

        BadInput where an observation does not fit the space, or is not finite: the message names the leaf, the value
        that the environment returned and what the space allows.
        """
        return self._encode(observation, skip=False)[0]

    def encode_finite(self, observation: Any) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_] | None]:
        """As `encode`, but observations with NaN or infinity become rows of zeros.

        Returns the rows, `(batch, width)`, and which of the observations are finite, `(batch,)`, None where all are.
        """
        return self._encode(observation, skip=True)

    def _encode(self, observation: Any, skip: bool) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_] | None]:
        parts: list[npt.NDArray[Any]] = []
        finite: npt.NDArray[np.bool_] | None = None
        for leaf, value in zip(self._leaves, values(self.space, observation), strict=True):
            rows, mask = leaf.rows(value, self.dtype, trusted=self.trusted, skip=skip)
            if parts and len(rows) != len(parts[0]):
                raise BadInput(f"{leaf.name}: got {len(rows)} observations, {len(parts[0])} of the other parts.")
            parts.append(rows)
            if mask is not None:
                finite = mask if finite is None else finite & mask
        rows = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
        if finite is not None:
            rows[~finite] = 0
        return rows, finite

    @property
    def categorical(self) -> bool:
        """Whether every column is a category."""
        return len(self._category_columns) == self.width

    @property
    def number_features(self) -> torch.Tensor:
        """The indices of the features that are numbers, not categories, `(numbers,)` int64."""
        return self._number_features

    def one_hot_indices(self, rows: torch.Tensor) -> torch.Tensor:
        """The index of the feature that each category column sets to one, `(…, category columns)` int64.

        rows: `(…, width)`. BadInput for rows of another width, and for a category that the space does not have.
        """
        self.check_width(rows)
        if not self.categorical:
            rows = rows[..., self._category_columns]
        codes = rows.long()
        if ((codes < 0) | (codes >= self._counts.to(codes.device))).any():
            raise no_such_category()
        return codes + self._category_starts.to(codes.device)

    def features(self, rows: torch.Tensor) -> torch.Tensor:
        """The input of a network: `(…, width)` rows to `(…, size)` float32; BadInput as `one_hot_indices`."""
        if not len(self._category_columns) and not len(self._upper_columns):
            self.check_width(rows)
            return rows.float() * self._number_scales.to(rows.device)
        out = torch.zeros(*rows.shape[:-1], self.size, device=rows.device)
        out.scatter_(-1, self.one_hot_indices(rows), 1.0)
        if self.categorical:
            return out
        out[..., self._number_features] = rows[..., self._number_columns].float() * self._number_scales.to(rows.device)
        if len(self._upper_columns):
            # In double precision: −1 is stored as the upper half −1 and the lower half 2³² − 1, which float32 rounds.
            upper, lower = rows[..., self._upper_columns].double(), rows[..., self._upper_columns + 1].double()
            out[..., self._upper_features] = (upper * 2.0**LOWER_BITS + lower).float()
        return out

    def check_width(self, rows: torch.Tensor) -> None:
        """BadInput for rows of another width than this encoder's: compiled code would read out of bounds."""
        if rows.shape[-1] != self.width:
            raise BadInput(f"got rows of {rows.shape[-1]} columns, where {self.space} is encoded in {self.width}.")


def no_such_category() -> BadInput:
    """The error for a code that is no category of its column."""
    return BadInput("an observation has a category that its space does not: check what the environment returns.")


def _scale(leaf: gym.Space[Any]) -> float:
    """The factor of a leaf's numbers in the features."""
    return 1.0 / IMAGE_SCALE if isinstance(leaf, gym.spaces.Box) and leaf.dtype == np.uint8 else 1.0


def _row_type(parts: list[Leaf]) -> np.dtype[Any]:
    """The smallest of the four types that represents all numbers of all leaves exactly, else float64 or int64."""
    if any(leaf.floating for leaf in parts):
        return FLOAT32 if all(leaf.fits(FLOAT32) for leaf in parts) else FLOAT64
    # A Box of a larger type than uint8 is stored as int64, whatever its bounds.
    small = all(leaf.fits(UINT8) and not _is_wide(leaf.space) for leaf in parts)
    return UINT8 if small else INT64


def _is_wide(leaf: gym.Space[Any]) -> bool:
    return isinstance(leaf, gym.spaces.Box) and np.dtype(leaf.dtype) not in (np.uint8, np.bool_)
