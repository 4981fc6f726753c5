"""The leaves of an observation space, and the validation of observations.

A leaf is a Discrete, MultiDiscrete, MultiBinary or Box space, by itself or within Dict and Tuple spaces. `Leaf.rows`
takes a batch of a leaf's observations and returns its columns. It checks the following; BadInput names the leaf, the
value that the environment returned and what the space allows:

    shape       that of the space, after the batch axis; axes of length 1 may be left out or added
    type        whole numbers where the space has them: floats are never cut to integers
    range       the bounds of the space; for floats up to rounding (`TOLERANCE`)
    finiteness  neither NaN nor infinite, whatever the bounds

Columns are floats, whole numbers, or categories counted from 0. A whole number whose bounds exceed those that the type
of the rows represents exactly takes two columns, its upper and its lower 32 bits.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt

from explore.errors import BadInput
from explore.numerics.compiled import compiled

Array = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]
TOLERANCE = 1e-5  # the tolerance of a bound of floats, relative to max(1, |bound|)
LARGEST_FLOAT = float(np.finfo(np.float32).max)  # larger numbers are infinite as float32, the type that networks read
LOWER_BITS = 32
LARGEST_INTEGER = 2**63 - 1
# By type of rows: the interval in which every whole number is represented exactly.
EXACT_INTEGERS = {"u1": (0, 255), "i8": (-(2**63), LARGEST_INTEGER), "f4": (-(2**24), 2**24), "f8": (-(2**53), 2**53)}


class Leaf:
    """One leaf of an observation space; `name` is its path in the observation, such as `observation['image']`.

    numbers: how many numbers an observation has. floating: whether they are floats. split: whether each takes two
    columns, its upper 32 bits before its lower ones. BadInput for a space that is none of the four kinds.
    """

    def __init__(self, name: str, space: gym.Space[Any]) -> None:
        if not isinstance(space, gym.Space):
            raise BadInput(f"{name}: {space!r} is not a Gymnasium space.")
        self.name = name
        self.space = space
        self.shape: tuple[int, ...] = tuple(space.shape or ())
        self.numbers = int(np.prod(self.shape))  # per observation
        self.floating = False
        self.split = False
        self._counts = [0] * self.numbers  # the number of categories of each number, 0 where it is no category
        self._start: npt.NDArray[np.int64] | None = None
        if isinstance(space, gym.spaces.Discrete | gym.spaces.MultiDiscrete):
            counts = np.asarray(space.n if isinstance(space, gym.spaces.Discrete) else space.nvec).reshape(-1)
            start = np.asarray(space.start, dtype=np.int64).reshape(-1)
            self._counts = [int(count) for count in counts]
            self._start = start if start.any() else None
            lowest, highest = [0] * len(counts), [int(count) - 1 for count in counts]
        elif isinstance(space, gym.spaces.MultiBinary):
            lowest, highest = [0] * self.numbers, [1] * self.numbers
        elif isinstance(space, gym.spaces.Box) and space.dtype is not None and _is_storable(space.dtype):
            self.floating = np.dtype(space.dtype).kind == "f"
            lowest, highest = (bound.reshape(-1).tolist() for bound in (space.low, space.high))
        else:
            raise BadInput(_unsupported(name, space))
        self.lowest, self.highest = lowest, highest
        if self.floating:
            self._low, self._high = _widened(lowest, -1), _widened(highest, 1)
        else:
            self._low = np.array(lowest, dtype=np.int64)
            # Larger bounds are those of uint64, whose numbers are split and checked in `_halves`.
            self._high = np.array([min(int(bound), LARGEST_INTEGER) for bound in highest], dtype=np.int64)
        self._bytes = not self.floating and all(low <= 0 for low in lowest) and all(high >= 255 for high in highest)

    def fits(self, dtype: np.dtype[Any]) -> bool:
        """Whether `dtype` represents every number of this leaf exactly."""
        if self.floating:
            return dtype.kind == "f" and dtype.itemsize >= np.dtype(self.space.dtype).itemsize
        low, high = EXACT_INTEGERS[dtype.str[1:]]
        return all(bound >= low for bound in self.lowest) and all(bound <= high for bound in self.highest)

    @property
    def categories(self) -> list[int]:
        """The number of categories of each column, 0 for columns of numbers."""
        return [0] * (2 * self.numbers) if self.split else self._counts

    @property
    def upper(self) -> Flags:
        """Which columns are the upper half of a number, `(columns,)`."""
        return np.tile([True, False], self.numbers) if self.split else np.zeros(self.numbers, dtype=np.bool_)

    @property
    def bounds(self) -> npt.NDArray[np.float64]:
        """The lower and the upper bound of each column, `(2, columns)` float64."""
        if not self.split:
            return np.array([self.lowest, self.highest], dtype=np.float64).reshape(2, self.numbers)
        upper = [[int(bound) >> LOWER_BITS for bound in ends] for ends in (self.lowest, self.highest)]
        lower = [[0] * self.numbers, [2**LOWER_BITS - 1] * self.numbers]
        return np.stack([upper, lower], axis=2).reshape(2, -1).astype(np.float64)

    def rows(self, value: Any, dtype: np.dtype[Any], *, trusted: bool, skip: bool) -> tuple[Array, Flags | None]:
        """The columns of a batch, `(batch, columns)`, and which of its rows are finite, `(batch,)`, None where all are.

        value: the observations, `(batch, *shape)`. trusted: check only the shape. skip: rows with NaN or infinity
        become zeros and are marked in the second result instead of an error. BadInput as the module describes.
        """
        array = self._batch(value)
        if self.floating:
            numbers = self._floats(array, dtype, trusted)
        elif self.split:
            return self._halves(array, trusted).astype(dtype), None
        else:
            numbers = self._whole(array, dtype, trusted)
        finite: Flags | None = None
        if not trusted and not (self._bytes and numbers.dtype == np.uint8):
            first = _first_outside(numbers, self._low, self._high)
            if first >= 0 and skip and self.floating:
                finite = np.asarray(np.isfinite(numbers).all(axis=1))
                numbers = np.where(finite[:, None], numbers, 0.0).astype(dtype)
                first = _first_outside(numbers[finite], self._low, self._high)
            if first >= 0:
                raise self._outside(array.reshape(len(array), -1) if finite is None else numbers[finite], first)
        return numbers.astype(dtype, copy=False), finite

    def _batch(self, value: Any) -> Array:
        """The observations as an array, `(batch, *shape)`."""
        try:
            array = np.asarray(value)
        except ValueError:
            raise BadInput(f"{self.name}: the parts differ in shape; {self._expected()}.") from None
        if array.dtype.kind not in "biuf":
            raise BadInput(f"{self.name}: got {array.dtype}, which are not numbers; {self._expected()}.")
        if array.ndim == 0:
            raise BadInput(f"{self.name}: got a single number, not a batch with one observation per environment.")
        shape = array.shape[1:]
        if shape != self.shape and [n for n in shape if n != 1] != [n for n in self.shape if n != 1]:
            raise BadInput(f"{self.name}: got an observation of shape {shape}; {self._expected()}.")
        return array

    def _floats(self, array: Array, dtype: np.dtype[Any], trusted: bool) -> Array:
        """Floats, `(batch, columns)` of type `dtype`, with the range still unchecked; BadInput for rounded integers."""
        flat = array.reshape(len(array), self.numbers)
        if array.dtype == dtype:
            return np.ascontiguousarray(flat)
        with np.errstate(over="ignore"):  # numbers that overflow become infinite, which `rows` refuses
            numbers = np.ascontiguousarray(flat, dtype=dtype)
        if array.dtype.kind in "iu" and array.dtype.itemsize > 2 and not trusted:
            low, high = EXACT_INTEGERS[dtype.str[1:]]
            if array.size and (array.max() > high or array.min() < low):
                raise BadInput(
                    f"{self.name}: got whole numbers beyond {high}, which {dtype} rounds; {self._expected()}."
                )
        return numbers

    def _whole(self, array: Array, dtype: np.dtype[Any], trusted: bool) -> Array:
        """Whole numbers, categories counted from 0, `(batch, columns)`: uint8, or int64 with the range unchecked."""
        flat = array.reshape(len(array), self.numbers)
        if trusted:
            return np.ascontiguousarray(flat if self._start is None else flat - self._start, dtype=dtype)
        self._refuse_floats(array)
        if array.dtype == np.uint8 and self._start is None:
            return np.ascontiguousarray(flat)
        if array.dtype == np.uint64 and array.size and array.max() > LARGEST_INTEGER:
            raise self._outside(flat, int((flat > LARGEST_INTEGER).argmax()))
        whole = np.ascontiguousarray(flat, dtype=np.int64)
        return whole if self._start is None else whole - self._start

    def _halves(self, array: Array, trusted: bool) -> npt.NDArray[np.int64]:
        """The upper 32 bits (signed) and the lower 32 bits of each number, `(batch, 2·numbers)`."""
        flat = array.reshape(len(array), self.numbers)
        if not trusted:
            self._refuse_floats(array)
            start = 0 if self._start is None else self._start.astype(object)
            low, high = (np.array(ends, dtype=object) + start for ends in (self.lowest, self.highest))
            wrong = (flat < low) | (flat > high)
            if wrong.any():
                raise self._outside(flat, int(wrong.argmax()))
        if array.dtype != np.uint64:
            flat = flat.astype(np.int64)
        if self._start is not None:
            flat = flat.astype(np.int64) - self._start
        shift, mask = flat.dtype.type(LOWER_BITS), flat.dtype.type(2**LOWER_BITS - 1)
        halves = np.stack([(flat >> shift).astype(np.int64), (flat & mask).astype(np.int64)], axis=2)
        return halves.reshape(len(flat), -1)

    def _refuse_floats(self, array: Array) -> None:
        if array.dtype.kind == "f":
            spread = f" from {array.min():.6g} to {array.max():.6g}" if array.size else ""
            raise BadInput(f"{self.name}: got {array.dtype} numbers{spread}; {self._expected()}.")

    def _outside(self, flat: Array, first: int) -> BadInput:
        """The error for the number at the flat index `first` of the batch, in the environment's own numbers."""
        place, number = first % self.numbers, flat.reshape(-1)[first]
        at = f" at {[int(i) for i in np.unravel_index(place, self.shape)]}" if self.shape else ""
        if self.floating and not abs(float(number)) <= LARGEST_FLOAT:
            remedy = 'correct the environment, or leave such observations out with on_invalid="skip"'
            return BadInput(f"{self.name}: got {number}{at}, which is not finite in float32: {remedy}.")
        start = 0 if self._start is None else int(self._start[place])
        low, high = self.lowest[place] + start, self.highest[place] + start
        return BadInput(f"{self.name}: got {number}{at}, where the space {self._space()} has {low:.6g} to {high:.6g}.")

    def _expected(self) -> str:
        return f"the space is {self._space()}"

    def _space(self) -> str:
        """A short text for the space; the bounds of a Box are summarised, as it may have one for each pixel."""
        if not isinstance(self.space, gym.spaces.Box):
            text = str(self.space)
            return text if len(text) <= 60 else f"{type(self.space).__name__} of shape {self.shape}"
        ends = f"{min(self.lowest):.6g} to {max(self.highest):.6g}, " if self.numbers else ""
        return f"Box({ends}shape {self.shape}, {self.space.dtype})"


def leaves(space: gym.Space[Any], name: str = "observation") -> Iterator[Leaf]:
    """The leaves of a space in Gymnasium's own order; BadInput where one is not supported."""
    if isinstance(space, gym.spaces.Dict):
        for key, part in space.spaces.items():
            yield from leaves(part, f"{name}[{key!r}]")
    elif isinstance(space, gym.spaces.Tuple):
        for place, part in enumerate(space.spaces):
            yield from leaves(part, f"{name}[{place}]")
    else:
        yield Leaf(name, space)


def values(space: gym.Space[Any], observation: Any, name: str = "observation") -> Iterator[Any]:
    """The part of an observation for each leaf, in the order of `leaves`; BadInput where one is missing."""
    if isinstance(space, gym.spaces.Dict):
        if not hasattr(observation, "keys"):
            raise BadInput(f"{name}: got {type(observation).__name__}; the space is a dictionary of {_keys(space)}.")
        for key, part in space.spaces.items():
            if key not in observation:
                raise BadInput(f"{name}: {key!r} is missing; the space is a dictionary of {_keys(space)}.")
            yield from values(part, observation[key], f"{name}[{key!r}]")
    elif isinstance(space, gym.spaces.Tuple):
        if not isinstance(observation, tuple | list) or len(observation) != len(space.spaces):
            got = f"{type(observation).__name__}"
            if isinstance(observation, tuple | list):
                got += f" of {len(observation)}"
            raise BadInput(f"{name}: got {got}; the space is a tuple of {len(space.spaces)}.")
        for place, part in enumerate(space.spaces):
            yield from values(part, observation[place], f"{name}[{place}]")
    else:
        yield observation


def _keys(space: gym.spaces.Dict) -> str:
    return ", ".join(repr(key) for key in space.spaces)


def _is_storable(dtype: Any) -> bool:
    """Whether rows can store every number of this type: bool, integers and floats of up to 64 bits."""
    return np.dtype(dtype).kind in "biuf" and np.dtype(dtype).itemsize <= 8


def _widened(bounds: Sequence[float], sign: int) -> npt.NDArray[np.float64]:
    """Bounds of floats widened by `TOLERANCE` (sign −1: lower, +1: upper), within the finite range of float32."""
    exact = np.array(bounds, dtype=np.float64)
    with np.errstate(over="ignore"):
        widened = exact + sign * TOLERANCE * np.maximum(np.abs(exact), 1.0)
    return np.clip(widened, -LARGEST_FLOAT, LARGEST_FLOAT)


def _unsupported(name: str, space: gym.Space[Any]) -> str:
    """The error message for an unsupported space, such as the text of a MiniGrid mission."""
    kind = type(space).__name__
    if isinstance(space, gym.spaces.Text) or kind == "MissionSpace":
        return (
            f"{name} is text ({kind}), which is not supported: leave it out (minigrid.wrappers.ImgObsWrapper), let "
            "minigrid.wrappers.FlatObsWrapper encode it in numbers, or replace it by a Discrete number of the text."
        )
    if isinstance(space, gym.spaces.Box):
        return f"{name} is a Box of {space.dtype}: use bool, integers, float32 or float64."
    return f"{name} is {kind}, which is not supported: use Discrete, MultiDiscrete, MultiBinary, Box, Dict or Tuple."


@compiled
def _first_outside(numbers: Array, low: Array, high: Array) -> int:
    """The flat index of the first of `numbers` `(rows, columns)` outside its column's bounds, or NaN; −1 for none."""
    for row in range(numbers.shape[0]):
        within = True
        for column in range(numbers.shape[1]):
            number = numbers[row, column]
            within &= (number >= low[column]) & (number <= high[column])
        if not within:
            for column in range(numbers.shape[1]):
                number = numbers[row, column]
                if not (number >= low[column] and number <= high[column]):
                    return int(row * numbers.shape[1] + column)
    return -1
