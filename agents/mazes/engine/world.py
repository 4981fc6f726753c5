"""The full state of one environment and of many, as arrays, and the constants of a maze that its steps read.

Columns of `agent` `(AGENT,)`: X, Y, DIRECTION, CARRIED (the code of the carried object, 0 for none), CARRIED_INSIDE
(the code of the content of a carried box) and STEPS since the reset. `task` `(TASK,)` has the parameters of the layout
that the rule reads, in columns that each rule names, and two columns that are only reported: WENT_WRONG and
REACHED_GOAL. `random` `(RANDOM,)` is the state of the environment's own generator (`pcg`), for rules that draw from it.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from agents.mazes.engine.codes import Codes
from explore.numerics.compiled import borrowed, kernel_part

Numbers = npt.NDArray[np.int32]
Random = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]

X, Y, DIRECTION, CARRIED, CARRIED_INSIDE, STEPS, AGENT = range(7)
TASK, RANDOM = 32, 6  # lengths
WENT_WRONG, REACHED_GOAL = TASK - 2, TASK - 1  # columns of `task` that are reported and are no part of the state


class World(NamedTuple):
    """The state of one environment.

    cells, inside: `(width·height,)`, the codes of the content of cell x·height + y and of the content of a box there;
    agent, task, random: see the module's docstring.
    """

    cells: Codes
    inside: Codes
    agent: Numbers
    task: Numbers
    random: Random


class Worlds(NamedTuple):
    """The states of many environments, or of many layouts: the columns of `World`, one row each."""

    cells: Codes
    inside: Codes
    agent: Numbers
    task: Numbers
    random: Random

    def copy(self) -> "Worlds":
        """A copy of the states."""
        return self.rows(slice(None))

    def rows(self, indices: Any) -> "Worlds":
        """A copy of the states with these indices."""
        return Worlds(*self._copied(indices))

    def world(self, index: int) -> World:
        """A copy of the state with this index."""
        return World(*self._copied(index))

    def _copied(self, indices: Any) -> tuple[Codes, Codes, Numbers, Numbers, Random]:
        cells, inside, agent, task, random = self
        return (
            cells[indices].copy(),
            inside[indices].copy(),
            agent[indices].copy(),
            task[indices].copy(),
            random[indices].copy(),
        )


class Rules(NamedTuple):
    """The constants of a maze.

    rule: the number of the maze's class (`moves`). height: of the grid, in cells. actions: their number. limit: steps
    after which an episode is truncated. Success after t steps gives the reward 1 − fall·t/horizon; MiniGrid's own fall
    is 0.9 and its horizon the environment's `max_steps`.
    """

    rule: int
    height: int
    actions: int
    limit: int
    horizon: int
    fall: float


@kernel_part
def world_at(worlds: Worlds, index: int) -> World:
    """One of the states as views into `worlds`, which a step writes to; the views hold no reference to the arrays.

    To be used only where `worlds` is an argument of the kernel, so that its caller keeps the arrays alive.
    """
    return World(
        borrowed(worlds.cells[index]),
        borrowed(worlds.inside[index]),
        borrowed(worlds.agent[index]),
        borrowed(worlds.task[index]),
        borrowed(worlds.random[index]),
    )


@kernel_part
def overwrite(target: npt.NDArray[Any], source: npt.NDArray[Any]) -> None:
    """`target[:] = source` as a loop, because Numba takes a second to compile each slice assignment."""
    for i in range(len(target)):
        target[i] = source[i]


@kernel_part
def copy_state(target: World, source: World) -> None:
    """Copy a state without its generator."""
    overwrite(target.cells, source.cells)
    overwrite(target.inside, source.inside)
    overwrite(target.agent, source.agent)
    overwrite(target.task, source.task)


@kernel_part
def read_state(target: World, worlds: Worlds, index: int) -> None:
    """Copy one of many states without its generator."""
    overwrite(target.cells, worlds.cells[index])
    overwrite(target.inside, worlds.inside[index])
    overwrite(target.agent, worlds.agent[index])
    overwrite(target.task, worlds.task[index])


@kernel_part
def write_state(worlds: Worlds, index: int, source: World) -> None:
    """Copy a state without its generator into one of many."""
    overwrite(worlds.cells[index], source.cells)
    overwrite(worlds.inside[index], source.inside)
    overwrite(worlds.agent[index], source.agent)
    overwrite(worlds.task[index], source.task)
