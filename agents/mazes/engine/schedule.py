"""Which layout a slot plays in which episode.

A slot with the seed s plays its episode number e on the layout `mix(s, e) mod n` of n. mix is SplitMix64 (Steele, Lea &
Flood 2014): what a slot plays depends on its own seed alone.
"""

import numpy as np

from explore.numerics.compiled import kernel_part
from explore.numerics.hashing import GAMMA, mix

_EPISODE, _1 = np.uint64(0xD1B54A32D192ED03), np.uint64(1)


@kernel_part
def layout_index(slot_seed: int, episode: int, count: int) -> int:
    """Which of `count` layouts the slot with this seed plays in its episode number `episode`."""
    word = np.uint64(slot_seed) * GAMMA + (np.uint64(episode) + _1) * _EPISODE
    return int(np.int64(mix(word) % np.uint64(count)))
