"""Sets of layouts of the user's own, by the seeds of the resets that make them.

    train, held_out = two_sets("MiniGrid-DoorKey-8x8-v0", train=range(500), held_out=range(500, 600))
    envs = agents.mazes.make("MiniGrid-DoorKey-8x8-v0", 64, layouts=train)

Different seeds may make the same layout; a set has it once, and two sets that share one are refused.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from agents.mazes.layouts.building import built
from agents.mazes.layouts.layouts import Layouts
from agents.mazes.layouts.named_sets import layouts, split
from agents.mazes.maze_spec import MazeSpec, parse_maze
from explore.errors import BadInput
from explore.numerics.seeding import checked_seed


def layout_set(maze: str | MazeSpec, choice: str | Sequence[int] | Layouts) -> Layouts:
    """The layouts of `maze` with this name, made by resets with these seeds, or as they are; with the spec's reward.

    BadInput for an unknown name, an empty set, seeds that are none, and layouts of another maze.
    """
    spec = parse_maze(maze)
    if isinstance(choice, str):
        return layouts(spec, choice)
    if spec.train_layouts is not None:
        raise BadInput(f"train_layouts={spec.train_layouts} together with a set of layouts: give one of the two.")
    if isinstance(choice, Layouts):
        if choice.spec.environment != spec.environment:
            raise BadInput(f"layouts of {choice.maze} for {spec.environment}: give layouts of the same maze.")
        if not len(choice):
            raise BadInput(f"an empty set of layouts of {spec}: give at least one.")
        return choice.rewarded_as(spec)
    if not isinstance(choice, Iterable):
        raise BadInput(f"layouts is {choice!r}: give 'train', 'held-out', a list of seeds, or Layouts.")
    seeds = [checked_seed(seed) for seed in choice]
    return _renumbered(built(spec, seeds), split(spec)[0].missions)


def two_sets(maze: str, train: Sequence[int], held_out: Sequence[int]) -> tuple[Layouts, Layouts]:
    """A set to train on and one to hold out, by their seeds; BadInput where a layout is in both, or one is empty."""
    training, testing = layout_set(maze, train), layout_set(maze, held_out)
    union = built(maze, [*training.seeds.tolist(), *testing.seeds.tolist()])
    shared = len(training) + len(testing) - len(union)
    if shared:
        # The union has a layout by the first seed that makes it, which is one of the training set's.
        in_both = sorted(set(testing.seeds.tolist()) - (set(union.seeds.tolist()) - set(training.seeds.tolist())))
        raise BadInput(
            f"{shared} held-out layouts of {maze} are in the training set too, such as that of seed {in_both[0]}: "
            "leave them out of one of the two."
        )
    testing = _renumbered(testing, training.missions)
    return _renumbered(training, testing.missions), testing


def _renumbered(layouts: Layouts, known: tuple[str, ...]) -> Layouts:
    """The same layouts with the missions numbered as in `known`, and any others after them."""
    missions = (*known, *(mission for mission in layouts.missions if mission not in known))
    number = np.array([missions.index(mission) for mission in layouts.missions], dtype=np.int64)
    return replace(layouts, missions=missions, mission=number[layouts.mission])
