"""Hashing of 64-bit words, compiled: the output function of SplitMix64 (Steele, Lea & Flood 2014).

    mix(z):  z ← (z ⊕ z≫30)·0xBF58476D1CE4E5B9,  z ← (z ⊕ z≫27)·0x94D049BB133111EB,  z ⊕ z≫31

It is a bijection of the 64-bit words. A sequence of words is hashed one after the other, h ← mix((h ⊕ word) + γ):
equal sequences have equal hashes, two different ones share theirs with probability about 2⁻⁶⁴.
"""

import numpy as np

from explore.numerics.compiled import kernel_part

GAMMA = np.uint64(0x9E3779B97F4A7C15)  # 2⁶⁴ divided by the golden ratio, made odd
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31 = np.uint64(30), np.uint64(27), np.uint64(31)


@kernel_part
def mix(word: np.uint64) -> np.uint64:
    """SplitMix64's output function: a bijection of the 64-bit words; it maps 0 to 0."""
    word = (word ^ (word >> _30)) * _FIRST
    word = (word ^ (word >> _27)) * _SECOND
    return word ^ (word >> _31)


@kernel_part
def absorb(hashed: np.uint64, word: np.uint64) -> np.uint64:
    """The hash of a sequence that is longer by `word`; an empty sequence has the hash `GAMMA`."""
    return mix((hashed ^ word) + GAMMA)
