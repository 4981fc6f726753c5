"""The tables of NumPy's normal distribution, read from NumPy itself.

The ziggurat (Marsaglia & Tsang 2000) covers the density exp(−x²/2) by 256 layers of equal area, layer i ending at
x_i. A 64-bit word w chooses the layer i = w mod 256, a sign, and 52 bits k, and gives x = k·W[i] at once where
k < K[i], with W[i] = x_i/2⁵² and K[i] = 2⁵²·x_{i−1}/x_i.

NumPy's tables were computed by arithmetic that rounds in its own way, so that computing them again gives other last
bits. But a PCG64 can be put into the state from which it draws any word that one chooses: what NumPy makes of the word
with k = 2⁴⁰ is 2⁴⁰·W[i], and the least k for which it draws a second word is K[i]. That takes some milliseconds.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

LAYERS = 256
MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645  # of PCG64
_INVERSE = pow(MULTIPLIER, -1, 1 << 128)
_NEAR = 64  # K[i] is so near to 2⁵²·x_{i−1}/x_i as doubles round it


class _Chosen:
    """NumPy's generator with the next word that one chooses."""

    def __init__(self) -> None:
        self._bits = np.random.PCG64(0)
        self._generator = np.random.Generator(self._bits)
        self._state: Any = self._bits.state

    def normal(self, word: int) -> tuple[float, bool]:
        """What NumPy draws where the next word is this one, below 2⁶⁴, and whether it needs that word alone."""
        inner = self._state["state"]
        inner["state"] = (word - inner["inc"]) * _INVERSE % (1 << 128)
        self._bits.state = self._state
        drawn = self._generator.standard_normal()
        now: Any = self._bits.state
        return drawn, now["state"]["state"] == word


def tables() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.uint64], npt.NDArray[np.float64]]:
    """W, K and the densities exp(−x_i²/2), `(256,)` each (the first density is that of 0).

    W and K are NumPy's to the last bit; the densities are rounded anew, which matters to one number in 10¹⁶.
    """
    chosen = _Chosen()
    factors = [chosen.normal(1 << 49 | layer)[0] / 2.0**40 for layer in range(LAYERS)]
    limits = [_limit(chosen, layer, factors) for layer in range(LAYERS)]
    densities = np.exp(-0.5 * (np.array(factors) * 2.0**52) ** 2)
    densities[0] = 1.0
    return np.array(factors), np.array(limits, dtype=np.uint64), densities


def _limit(chosen: _Chosen, layer: int, factors: list[float]) -> int:
    """The least k that NumPy does not take at once in a layer; layer 1, the topmost, takes none at once."""
    if layer == 1:
        return 0
    guess = int(factors[layer - 1] / factors[layer] * 2**52)
    low, high = guess - _NEAR, guess + _NEAR
    while low < high:
        middle = (low + high) // 2
        if chosen.normal(middle << 9 | layer)[1]:
            low = middle + 1
        else:
            high = middle
    return low
