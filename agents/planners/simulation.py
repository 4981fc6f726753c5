"""What the planners that try things share: one layout as arrays, own generators, and the playing of actions.

A planner simulates with a generator of its own, never with a copy of the maze's: it plans over what may happen, and
does not foresee what the maze will draw. What it decided is then played on the layout with the layout's own generator.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from agents.mazes.engine.codes import Codes
from agents.mazes.engine.dynamics import STEPS, Numbers, Random, act
from agents.mazes.engine.pcg import words
from agents.mazes.layouts.layouts import Layouts
from explore.numerics.compiled import compiled, kernel_part
from explore.numerics.seeding import stream

Integers = npt.NDArray[np.int64]


class World(NamedTuple):
    """One state of a maze; see `dynamics`."""

    cells: Codes
    inside: Codes
    agent: Numbers
    task: Numbers
    random: Random


class Rules(NamedTuple):
    """What a maze does to a state."""

    rule: int
    height: int
    limit: int
    actions: int


def world_of(maze: Layouts, index: int) -> World:
    """A layout as a state of its own."""
    return World(
        maze.cells[index].copy(),
        maze.inside[index].copy(),
        maze.agent[index].copy(),
        maze.task[index].copy(),
        maze.random[index].copy(),
    )


def rules_of(maze: Layouts) -> Rules:
    """The rules of a compiled maze."""
    return Rules(maze.rule, maze.height, maze.limit, maze.actions)


def own_generator(maze: Layouts, index: int, seed: int, method: str) -> Random:
    """The planner's generator for a layout, the same in whichever company and order it is planned."""
    return words(stream(seed, method, int(maze.seeds[index])))


def played(maze: Layouts, index: int, actions: npt.ArrayLike) -> tuple[float, int]:
    """What these actions earn on the layout with its own generator, and how many are played until the episode ends."""
    world = world_of(maze, index)
    earned, steps = _play(rules_of(maze), world, np.asarray(actions, dtype=np.int64))
    return float(earned), int(steps)


@kernel_part
def put(target: World, source: World) -> None:
    """Copy a state, but not its generator."""
    overwrite(target.cells, source.cells)
    overwrite(target.inside, source.inside)
    overwrite(target.agent, source.agent)
    overwrite(target.task, source.task)


@kernel_part
def overwrite(target: npt.NDArray[Any], source: npt.NDArray[Any]) -> None:
    """`target[:] = source`, which takes Numba a second to compile each time."""
    for i in range(len(target)):
        target[i] = source[i]


@kernel_part
def take(rules: Rules, world: World, action: int) -> tuple[float, bool]:
    """One step: what it pays, and whether the episode is over, by its end or by the time limit."""
    paid, over = act(
        rules.rule,
        world.cells,
        world.inside,
        world.agent,
        world.task,
        world.random,
        rules.height,
        rules.limit,
        action,
    )
    return paid, over or world.agent[STEPS] >= rules.limit


@kernel_part
def find(keys: Integers, table: npt.NDArray[np.int32], key: int) -> int:
    """The place in a table of states where the one with this key is, or belongs; an empty place holds −1."""
    place = key & (len(table) - 1)
    while table[place] >= 0 and keys[table[place]] != key:
        place = (place + 1) & (len(table) - 1)
    return place


@compiled
def _play(rules: Rules, world: World, actions: Integers) -> tuple[float, int]:
    earned, steps = 0.0, 0
    for action in actions:
        paid, over = take(rules, world, action)
        earned += paid
        steps += 1
        if over:
            break
    return earned, steps
