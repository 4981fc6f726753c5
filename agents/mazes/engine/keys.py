"""Exact full states as 64-bit keys, for counting and planning.

A state is hashed word by word with the mix of SplitMix64; equal states have equal keys, and two different ones share a
key with probability 2⁻⁶⁴. The steps since the reset are no part of it: they decide only when the time is up. Neither is
what a trap only reports. The environment's own generator belongs to the state of a world that moves by itself, where it
decides what comes next whatever the agent does; where it colours a screen or makes a step fail now and then, a state
with it would never come twice, and counting would tell nothing: there the key is of what has been drawn.
"""

import numpy as np

from agents.mazes.engine.codes import Codes
from agents.mazes.engine.moves import BAD, OBSTACLES, STEPS, Numbers, Random
from explore.numerics.compiled import kernel_part
from explore.numerics.hashing import GAMMA, absorb

_27 = np.uint64(27)


@kernel_part
def state_key(
    rule: int, cells: Codes, inside: Codes, agent: Numbers, task: Numbers, random: Random, mission: int
) -> int:
    """The key of one environment's state; a moving world's own generator belongs to its state."""
    word = absorb(GAMMA, np.uint64(mission))
    for i in range(len(cells)):
        # Most cells never change, but which ones do is the layout's affair.
        word = absorb(word, np.uint64(cells[i]) + (np.uint64(inside[i]) << _27))
    for i in range(STEPS):
        word = absorb(word, np.uint64(agent[i]))
    for i in range(BAD):
        word = absorb(word, np.uint64(task[i]))
    if rule == OBSTACLES:
        for i in range(len(random)):
            word = absorb(word, random[i])
    return int(np.int64(word))
