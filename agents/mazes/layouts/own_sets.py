"""Sets of layouts of the user's own, by the seeds of the resets that make them.

    train, held_out = two_sets("MiniGrid-DoorKey-8x8-v0", train=range(500), held_out=range(500, 600))
    envs = agents.mazes.make("MiniGrid-DoorKey-8x8-v0", 64, layouts=train)

Different seeds may make the same layout; a set has it once, and two sets that share one are refused.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from agents.mazes.layouts.layouts import Layouts, layouts, made_from, split
from explore.errors import BadInput


def layout_set(maze: str, given: str | Sequence[int] | Layouts) -> Layouts:
    """The layouts of `maze` with this name, made by resets with these seeds, or as they are.

    BadInput for an unknown name, an empty set, seeds that are none, and layouts of another maze.
    """
    if isinstance(given, str):
        return layouts(maze, given)
    if isinstance(given, Layouts):
        if given.maze != maze:
            raise BadInput(f"layouts of {given.maze} for {maze}: give layouts of the same maze.")
        if not len(given):
            raise BadInput(f"an empty set of layouts of {maze}: give at least one.")
        return given
    seeds = list(given)
    for seed in seeds:
        if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
            raise BadInput(f"layout seed {seed!r}: a seed is zero or a positive whole number.")
    return _renumbered(made_from(maze, [int(seed) for seed in seeds]), split(maze)[0].missions)


def two_sets(maze: str, train: Sequence[int], held_out: Sequence[int]) -> tuple[Layouts, Layouts]:
    """A set to train on and one to hold out, by their seeds; BadInput where a layout is in both, or one is empty."""
    ours, theirs = layout_set(maze, train), layout_set(maze, held_out)
    union = made_from(maze, [*ours.seeds.tolist(), *theirs.seeds.tolist()])
    shared = len(ours) + len(theirs) - len(union)
    if shared:
        # The union has a layout by the first seed that makes it, which is one of the training set's.
        seeds = sorted(set(theirs.seeds.tolist()) - (set(union.seeds.tolist()) - set(ours.seeds.tolist())))
        raise BadInput(
            f"{shared} held-out layouts of {maze} are in the training set too, such as that of seed {seeds[0]}: "
            "leave them out of one of the two."
        )
    theirs = _renumbered(theirs, ours.missions)
    return _renumbered(ours, theirs.missions), theirs


def _renumbered(found: Layouts, known: tuple[str, ...]) -> Layouts:
    """The same layouts with the missions numbered as in `known`, and any others after them."""
    missions = (*known, *(mission for mission in found.missions if mission not in known))
    number = np.array([missions.index(mission) for mission in found.missions], dtype=np.int64)
    return replace(found, missions=missions, mission=number[found.mission])
