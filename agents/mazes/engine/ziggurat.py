"""The tables of NumPy's normal distribution, read from NumPy itself.

The ziggurat (Marsaglia & Tsang 2000) covers the density exp(−x²/2) by 256 layers of equal area, layer i ending at
x_i. A 64-bit word w gives the layer i = w mod 256, a sign, and 52 bits k; x = k·W[i] is accepted without a further word
where k < K[i], with W[i] = x_i/2⁵² and K[i] = 2⁵²·x_{i−1}/x_i.

Computing NumPy's tables anew would differ from them in the last bits, by rounding. But the state of a PCG64 can be set
so that the next word is any given one: for the word with k = 2⁴⁰ NumPy returns 2⁴⁰·W[i], and the least k for which it
draws a second word is K[i]. Reading all of them takes some milliseconds.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

LAYERS = 256
MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645  # of PCG64
_INVERSE = pow(MULTIPLIER, -1, 1 << 128)
_SEARCH_RADIUS = 64  # the largest difference, by rounding, of K[i] and 2⁵²·x_{i−1}/x_i in doubles


class _SetGenerator:
    """NumPy's generator with a state set so that its next word is a given one."""

    def __init__(self) -> None:
        self._bits = np.random.PCG64(0)
        self._generator = np.random.Generator(self._bits)
        self._state: Any = self._bits.state

    def normal(self, word: int) -> tuple[float, bool]:
        """NumPy's normal number where the next word is `word` < 2⁶⁴, and whether it drew this word alone."""
        inner = self._state["state"]
        inner["state"] = (word - inner["inc"]) * _INVERSE % (1 << 128)
        self._bits.state = self._state
        drawn = self._generator.standard_normal()
        now: Any = self._bits.state
        return drawn, now["state"]["state"] == word


def tables() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.uint64], npt.NDArray[np.float64]]:
    """W, K and the densities exp(−x_i²/2), `(256,)` each (the first density is that of 0).

    W and K are NumPy's to the last bit; the densities may differ in the last bit, which changes one number in 10¹⁶.
    """
    generator = _SetGenerator()
    factors = [generator.normal(1 << 49 | layer)[0] / 2.0**40 for layer in range(LAYERS)]
    limits = [_limit(generator, layer, factors) for layer in range(LAYERS)]
    densities = np.exp(-0.5 * (np.array(factors) * 2.0**52) ** 2)
    densities[0] = 1.0
    return np.array(factors), np.array(limits, dtype=np.uint64), densities


def _limit(generator: _SetGenerator, layer: int, factors: list[float]) -> int:
    """K of a layer: the least k for which NumPy draws a second word; 0 in layer 1, the topmost."""
    if layer == 1:
        return 0
    guess = int(factors[layer - 1] / factors[layer] * 2**52)
    low, high = guess - _SEARCH_RADIUS, guess + _SEARCH_RADIUS
    while low < high:
        middle = (low + high) // 2
        if generator.normal(middle << 9 | layer)[1]:
            low = middle + 1
        else:
            high = middle
    return low
