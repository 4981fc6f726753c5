"""SplitMix64's mixer against the plain formula, and hashes of sequences."""

import numpy as np

from explore.numerics.hashing import GAMMA, absorb, mix

WORD = 2**64 - 1


def plain_mix(z: int) -> int:
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & WORD
    return z ^ (z >> 31)


def test_the_mixer_is_that_of_splitmix64() -> None:
    words = [0, 1, 2**63, WORD, 0x9E3779B97F4A7C15]
    assert [int(mix(np.uint64(word))) for word in words] == [plain_mix(word) for word in words]
    # The first outputs of the generator begun at 0, as its reference implementation (Vigna, splitmix64.c) gives them.
    states = [(step * int(GAMMA)) & WORD for step in (1, 2, 3)]
    published = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    assert [int(mix(np.uint64(state))) for state in states] == published


def test_a_sequence_is_hashed_word_by_word_and_its_order_matters() -> None:
    first, second = np.uint64(3), np.uint64(2**40)
    step = plain_mix(((int(GAMMA) ^ 3) + int(GAMMA)) & WORD)
    assert int(absorb(GAMMA, first)) == step
    assert int(absorb(np.uint64(step), second)) == plain_mix(((step ^ 2**40) + int(GAMMA)) & WORD)
    assert absorb(absorb(GAMMA, first), second) != absorb(absorb(GAMMA, second), first)
