"""Exact full states as 64-bit keys, for counting and planning.

A state is hashed word by word with the mix of SplitMix64; equal states have equal keys, and two different ones share a
key with probability 2⁻⁶⁴. The steps since the reset are not part of it: they decide only when the time is up. Neither
are the columns that a trap only reports. The environment's own generator is part of the state where obstacles move, as
it decides what comes next whatever the agent does. Where it colours a screen or makes a step fail now and then it is
left
out: no state would ever come twice, and counts would say nothing. There the key is of what has been drawn.
"""

import numpy as np

from agents.mazes.engine.moves import OBSTACLES, PLAIN
from agents.mazes.engine.world import STEPS, WENT_WRONG, World
from explore.numerics.compiled import kernel_part
from explore.numerics.hashing import GAMMA, absorb

_27 = np.uint64(27)


@kernel_part
def state_key(rule: int, world: World, mission: int) -> int:
    """The key of one environment's state; where obstacles move its generator belongs to its state."""
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
    """The key of a state for a planner, which does not foresee what the generator will draw."""
    return state_key(PLAIN, world, 0)
