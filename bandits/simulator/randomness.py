"""Compiled random numbers for the simulator: one 64-bit word of state per stream.

A stream is SplitMix64 (Steele, Lea & Flood 2014): each draw adds the odd constant γ to the state s, and the output is
mix(s). As the mix function maps different states to unrelated words, a stream may start at any state, here the hash
`key(seed, run, purpose)`. Every run, and every arm of every run, has a stream of its own, so that neither threads nor
batches nor the policy's choices can change the reward of the n-th pull of an arm.

In the functions below `rng` is an array `(1,)` of uint64, the state; a `word` is 64 random bits.

Normal numbers come from the ziggurat of Marsaglia & Tsang (2000), 256 layers, with the tail and the wedges exact;
gamma numbers from Marsaglia & Tsang (2000a), beta numbers from two gammas.
"""

import math

import numpy as np
import numpy.typing as npt

from explore.numerics.compiled import kernel_part
from explore.numerics.hashing import GAMMA, mix

Rng = npt.NDArray[np.uint64]

TIE = np.uint64(0xD1B54A32D192ED03)  # another odd constant, for the random numbers that break ties
_INVERSE = np.uint64(0xF1DE83E19937733D)  # γ · this = 1 modulo 2⁶⁴
_11, _32 = np.uint64(11), np.uint64(32)
LAYER = np.uint64(255)
_UNIT = 2.0**-53
_R, _V = 3.6541528853610088, 0.00492867323399  # where the tail begins and the area of each of the 256 layers (paper)


def _ziggurat() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Right edges x of the layers and the density there: layer i lies between x[i + 1] and x[i]."""
    x = np.empty(257)
    density = math.exp(-0.5 * _R * _R)
    x[0], x[1], x[256] = _V / density, _R, 0.0
    for i in range(2, 256):
        x[i] = math.sqrt(-2.0 * math.log(_V / x[i - 1] + math.exp(-0.5 * x[i - 1] ** 2)))
    return x, np.exp(-0.5 * x * x)


EDGES, HEIGHTS = _ziggurat()


@kernel_part
def key(seed: np.uint64, run: np.uint64, purpose: np.uint64) -> np.uint64:
    """The initial state of a run's stream for `purpose`, such as `kernel.POLICY_STREAM`."""
    return mix(mix(mix(seed + GAMMA) ^ (run + GAMMA)) ^ (purpose + GAMMA))


@kernel_part
def words_between(start: np.uint64, now: np.uint64) -> int:
    """The number of words drawn between the states `start` and `now` of a stream."""
    return int(np.int64((now - start) * _INVERSE))


@kernel_part
def next_word(rng: Rng) -> np.uint64:
    """The next 64 random bits."""
    rng[0] += GAMMA
    return mix(rng[0])


@kernel_part
def uniform_of(word: np.uint64) -> float:
    """The word as a number in [0, 1), 53 bits."""
    return float(word >> _11) * _UNIT


@kernel_part
def normal_of(word: np.uint64) -> float:
    """The word as a standard normal number; about one in a hundred needs more bits, derived from it."""
    while True:
        layer = np.int64(word & LAYER)
        u = 2.0 * uniform_of(word) - 1.0
        x = float(u * EDGES[layer])
        if abs(x) < EDGES[layer + 1]:
            return x
        word = mix(word + GAMMA)
        if layer == 0:
            # The tail beyond R (Marsaglia 1964): an exponential proposal, accepted where 2y > x².
            while True:
                tail = -math.log(1.0 - uniform_of(word)) / _R
                word = mix(word + GAMMA)
                y = -math.log(1.0 - uniform_of(word))
                word = mix(word + GAMMA)
                if 2.0 * y > tail * tail:
                    return _R + tail if u > 0 else -_R - tail
        height = HEIGHTS[layer] + uniform_of(word) * (HEIGHTS[layer + 1] - HEIGHTS[layer])
        if height < math.exp(-0.5 * x * x):
            return x
        word = mix(word + GAMMA)


@kernel_part
def uniform(rng: Rng) -> float:
    """A uniform number in [0, 1)."""
    return uniform_of(next_word(rng))


@kernel_part
def bounded_integer(word: np.uint64, high: int) -> int:
    """The word as a whole number in [0, high), high below 2³² (Lemire's multiplication; bias below 2⁻³² · high)."""
    # converted to int64 first: Numba converts arithmetic of unsigned with signed integers to floats
    return int(np.int64(((word >> _32) * np.uint64(high)) >> _32))


@kernel_part
def integer(rng: Rng, high: int) -> int:
    """A whole number in [0, high), high below 2³²."""
    return bounded_integer(next_word(rng), high)


@kernel_part
def normal(rng: Rng) -> float:
    """A standard normal number."""
    return normal_of(next_word(rng))


@kernel_part
def exponential(rng: Rng) -> float:
    """An exponential number of mean 1."""
    return -math.log(1.0 - uniform(rng))


@kernel_part
def gamma(rng: Rng, shape: float) -> float:
    """A gamma number of this shape > 0 and scale 1; below shape 1 by the boost U^{1/shape}."""
    boost = 1.0
    if shape < 1.0:
        boost = (1.0 - uniform(rng)) ** (1.0 / shape)
        shape += 1.0
    d = shape - 1.0 / 3.0
    return boost * gamma_at(rng, d, 1.0 / math.sqrt(9.0 * d))


@kernel_part
def gamma_at(rng: Rng, d: float, c: float) -> float:
    """A gamma number of shape d + 1/3 ≥ 1, with c = 1/√(9d) precomputed."""
    while True:
        x = normal(rng)
        v = 1.0 + c * x
        if v <= 0.0:
            continue
        v = v * v * v
        u = 1.0 - uniform(rng)
        x2 = x * x
        if u < 1.0 - 0.0331 * x2 * x2 or math.log(u) < 0.5 * x2 + d * (1.0 - v + math.log(v)):
            return d * v


@kernel_part
def beta(rng: Rng, a: float, b: float) -> float:
    """A beta number with parameters a, b > 0."""
    x = gamma(rng, a)
    total = x + gamma(rng, b)
    if total == 0.0:  # parameters so small that both underflow: the distribution degenerates to its two ends
        return 1.0 if uniform(rng) * (a + b) < a else 0.0
    return x / total


@kernel_part
def best(values: npt.NDArray[np.float64], rng: Rng) -> int:
    """The index of the largest of `values` `(arms,)`, ties broken uniformly at random; advances the stream by one word.

    The k-th of tied values replaces the current choice with probability 1/k; its random number derives from that word
    and its index, so that ties among smaller values do not change later draws.
    """
    rng[0] += GAMMA
    chosen, ties = 0, 1
    top = values[0]
    for i in range(1, len(values)):
        if values[i] > top:
            top, chosen, ties = values[i], i, 1
        elif values[i] == top:
            ties += 1
            if bounded_integer(mix(rng[0] ^ (np.uint64(i) * TIE)), ties) == 0:
                chosen = i
    return chosen
