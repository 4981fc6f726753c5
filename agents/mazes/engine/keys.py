"""Exact full states as 64-bit keys, for counting and planning.

A state is hashed word by word with the mix function of SplitMix64; equal states have equal keys, and two different
states share a key with probability 2⁻⁶⁴. The key leaves out the steps since the reset, which decide truncation alone,
and the columns that a trap only reports. Where obstacles move, the state of the environment's random generator is part
of the key, as it decides how they move next whatever the agent does. Where the generator only colours a screen or makes
an action fail, it is left out: no key would occur twice, and counts would be useless. The effects of its draws so far,
such as colours, are part of the key.
"""

import numpy as np

from agents.mazes.engine.moves import OBSTACLES, PLAIN
from agents.mazes.engine.world import STEPS, WENT_WRONG, World
from explore.numerics.compiled import kernel_part
from explore.numerics.hashing import GAMMA, absorb

_27 = np.uint64(27)


@kernel_part
def state_key(rule: int, world: World, mission: int) -> int:
    """The key of one environment's state; rule: of the maze (`moves`); mission: the index of its mission."""
    word = absorb(GAMMA, np.uint64(mission))
    for i in range(len(world.cells)):
        # Cells that never change are hashed too: which ones those are depends on the layout.
        word = absorb(word, np.uint64(world.cells[i]) + (np.uint64(world.inside[i]) << _27))
    for i in range(STEPS):
        word = absorb(word, np.uint64(world.agent[i]))
    for i in range(WENT_WRONG):
        word = absorb(word, np.uint64(world.task[i]))
    if rule == OBSTACLES:
        for i in range(len(world.random)):
            word = absorb(word, world.random[i])
    return int(np.int64(word))


@kernel_part
def planning_key(world: World) -> int:
    """The key of a state for a planner: without the generator, whose draws a planner does not know in advance."""
    return state_key(PLAIN, world, 0)
