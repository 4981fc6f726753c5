"""NumPy's PCG64 in compiled code: the same numbers as the environment's own generator.

    s ← s·M + c (mod 2¹²⁸),   output: rotate right (high(s) ⊕ low(s)) by the top 6 bits of s

PCG XSL RR 128/64 (O'Neill 2014). 32-bit numbers are halves of an output, the low one first, the high one kept for the
next call; `Generator.integers` bounds them by Lemire's method (2019). The state is six words: high and low of s, high
and low of c, whether half an output is kept, and that half. Normal numbers come from NumPy's ziggurat (`ziggurat`).

To enumerate every outcome of a random step, `draw` takes a script instead of a generator. A script is a number k whose
mixed-radix digits are drawn, the lowest first: draw(a), draw(b), … give k mod a, (k div a) mod b, …, so that k = 0, 1,
… run through every outcome. The increment c of a generator is odd; a script is marked by an increment of 0.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from agents.mazes.engine.ziggurat import tables
from explore.numerics.compiled import kernel_part

Words = npt.NDArray[np.uint64]

HIGH, LOW, INCREMENT_HIGH, INCREMENT_LOW, HAS_HALF, HALF = range(
    6
)  # columns: s, c, whether half an output is kept, and it
QUOTIENT, OUTCOMES = HIGH, LOW  # columns of a script: k divided by the counts so far, and the product of these counts
_HIGH, _LOW = np.uint64(0x2360ED051FC65DA4), np.uint64(0x4385DF649FCCF645)  # the multiplier M
_32, _58, _63, _1 = np.uint64(32), np.uint64(58), np.uint64(63), np.uint64(1)
_64 = np.uint64(64)
_HALF = np.uint64(0xFFFFFFFF)
_8, _9, _11, _17 = (np.uint64(bits) for bits in (8, 9, 11, 17))
_LAYER, _52_BITS = np.uint64(0xFF), np.uint64(0x000FFFFFFFFFFFFF)
_FACTOR, _ACCEPTED_BELOW, _DENSITY = tables()
_TAIL = float(_FACTOR[-1]) * 2.0**52  # where the last layer ends and the tail begins


def words(generator: np.random.Generator) -> Words:
    """The state of a generator as six words."""
    state: Any = generator.bit_generator.state
    s, c = state["state"]["state"], state["state"]["inc"]
    parts = (s >> 64, s & (1 << 64) - 1, c >> 64, c & (1 << 64) - 1, state["has_uint32"], state["uinteger"])
    return np.array(parts, dtype=np.uint64)


@kernel_part
def _high(a: np.uint64, b: np.uint64) -> np.uint64:
    """The high word of the product of two words."""
    a0, a1, b0, b1 = a & _HALF, a >> _32, b & _HALF, b >> _32
    middle = a1 * b0 + ((a0 * b0) >> _32)
    other = a0 * b1 + (middle & _HALF)
    return a1 * b1 + (middle >> _32) + (other >> _32)


@kernel_part
def _next(state: Words) -> np.uint64:
    """The next 64 bits."""
    high, low = state[HIGH], state[LOW]
    new_low = low * _LOW
    new_high = _high(low, _LOW) + high * _LOW + low * _HIGH
    total = new_low + state[INCREMENT_LOW]
    new_high += state[INCREMENT_HIGH] + np.uint64(total < new_low)
    state[HIGH], state[LOW] = new_high, total
    mixed, turn = new_high ^ total, new_high >> _58
    return np.uint64((mixed >> turn) | (mixed << ((_64 - turn) & _63)))


@kernel_part
def _next_half(state: Words) -> np.uint64:
    """The next 32 bits."""
    if state[HAS_HALF] != 0:
        state[HAS_HALF] = 0
        return np.uint64(state[HALF])
    word = _next(state)
    state[HAS_HALF], state[HALF] = _1, word >> _32
    return word & _HALF


@kernel_part
def draw(state: Words, count: int) -> int:
    """`Generator.integers(count)` for 1 ≤ count < 2³²; a count of 1 leaves the state unchanged, as in NumPy."""
    if count == 1:
        return 0
    if state[INCREMENT_LOW] == 0:
        return _digit(state, np.uint64(count))
    bound = np.uint64(count)
    product = _next_half(state) * bound
    left = product & _HALF
    if left < bound:
        threshold = (_HALF - bound + _1) % bound
        while left < threshold:
            product = _next_half(state) * bound
            left = product & _HALF
    return int(np.int64(product >> _32))


@kernel_part
def write_script(state: Words, number: int) -> None:
    """Overwrite the state of a generator with a script for k = `number`."""
    state[:] = 0
    state[QUOTIENT], state[OUTCOMES] = number, 1


@kernel_part
def read_script(state: Words) -> tuple[int, int]:
    """k divided by the product of all counts (0: every digit was drawn), and that product.

    1/product is the probability of the outcome, as each draw is uniform.
    """
    return int(np.int64(state[QUOTIENT])), int(np.int64(state[OUTCOMES]))


@kernel_part
def _digit(state: Words, count: np.uint64) -> int:
    """The next digit of a script."""
    digit = state[QUOTIENT] % count
    state[QUOTIENT] //= count
    state[OUTCOMES] *= count
    return int(np.int64(digit))


@kernel_part
def uniform(state: Words) -> float:
    """`Generator.random()`: 53 bits of a word as a number in [0, 1)."""
    return float(_next(state) >> _11) * 2.0**-53


@kernel_part
def normal(state: Words) -> float:
    """`Generator.standard_normal()`."""
    while True:
        word = _next(state)
        layer, size = word & _LAYER, (word >> _9) & _52_BITS
        x = float(float(size) * _FACTOR[layer])
        if (word >> _8) & _1:
            x = -x
        if size < _ACCEPTED_BELOW[layer]:
            return x
        if layer == 0:
            return _tail(state, (word >> _17) & _1 != 0)
        if (_DENSITY[layer - _1] - _DENSITY[layer]) * uniform(state) + _DENSITY[layer] < math.exp(-0.5 * x * x):
            return x


@kernel_part
def _tail(state: Words, negative: bool) -> float:
    """A number beyond the last layer, by Marsaglia's method (1964)."""
    while True:
        beyond = -(1 / _TAIL) * math.log1p(-uniform(state))
        other = -math.log1p(-uniform(state))
        if other + other > beyond * beyond:
            return -(_TAIL + beyond) if negative else _TAIL + beyond
