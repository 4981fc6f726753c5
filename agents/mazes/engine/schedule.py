"""The layout of each episode of each slot (one environment of the vector environment).

Episode number e of a slot with the seed s has the layout `mix(s, e) mod n` of n, with the mix function of SplitMix64
(Steele, Lea & Flood 2014): a slot's layouts depend on its own seed alone.
"""

import numpy as np

from explore.numerics.compiled import kernel_part
from explore.numerics.hashing import GAMMA, mix

_EPISODE, _1 = np.uint64(0xD1B54A32D192ED03), np.uint64(1)


@kernel_part
def layout_index(slot_seed: int, episode: int, count: int) -> int:
    """The index, below `count`, of the layout for episode number `episode` (from 0) of the slot with this seed."""
    word = np.uint64(slot_seed) * GAMMA + (np.uint64(episode) + _1) * _EPISODE
    return int(np.int64(mix(word) % np.uint64(count)))
