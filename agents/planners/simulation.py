"""Shared by the planners that simulate: their own random generators, and the execution of actions on one layout.

A planner simulates with a generator of its own, never with a copy of the maze's: it plans over possible events, and
cannot foresee the maze's random numbers. Its actions are then executed on the layout with the layout's own generator.
"""

import numpy as np
import numpy.typing as npt

from agents.mazes.engine.dynamics import maze_step
from agents.mazes.engine.pcg import words
from agents.mazes.engine.world import STEPS, Integers, Random, Rules, World
from agents.mazes.layouts.layouts import Layouts
from explore.numerics.compiled import compiled, kernel_part
from explore.numerics.seeding import stream


def own_generator(layouts: Layouts, index: int, seed: int, method: str) -> Random:
    """The planner's generator for a layout, the same in whichever company and order it is planned."""
    return words(stream(seed, method, int(layouts.seeds[index])))


def played(layouts: Layouts, index: int, actions: npt.ArrayLike) -> tuple[float, int]:
    """What these actions earn on the layout with its own generator, and how many are played until the episode ends."""
    total, steps = _play(layouts.rules, layouts.worlds.world(index), np.asarray(actions, dtype=np.int64))
    return float(total), int(steps)


@kernel_part
def advance(rules: Rules, world: World, action: int) -> tuple[float, bool]:
    """One step: the reward, and whether the episode is over, by its end or by the time limit."""
    reward, terminated = maze_step(rules, world, action)
    return reward, terminated or world.agent[STEPS] >= rules.limit


@kernel_part
def table_place(keys: Integers, table: npt.NDArray[np.int32], key: int) -> int:
    """The place in a hash table of states where the one with this key is, or belongs; an empty place holds −1."""
    place = key & (len(table) - 1)
    while table[place] >= 0 and keys[table[place]] != key:
        place = (place + 1) & (len(table) - 1)
    return place


@kernel_part
def table_size(states: int) -> int:
    """How many places a hash table of so many states has: a power of 2, half of them empty at least."""
    size = 16
    while size < 2 * states:
        size *= 2
    return size


@compiled
def _play(rules: Rules, world: World, actions: Integers) -> tuple[float, int]:
    total, steps = 0.0, 0
    for action in actions:
        reward, over = advance(rules, world, action)
        total += reward
        steps += 1
        if over:
            break
    return total, steps
