"""Two sets of layouts of each maze that never meet: one to train on, one held out.

A maze is reset with the seeds 0, 1, …, 2559. What the reset made (grid, agent, mission) is a layout; equal ones are
kept once. The layouts are put in the order of a hash of their contents, and the first fifth of them are held out: the
same on every machine, and no layout is in both sets, however few there are. A maze with fewer than five layouts has
no held-out ones.
"""

from typing import Any

import gymnasium as gym

from agents.mazes.layouts.building import built
from agents.mazes.layouts.layouts import Layouts
from agents.mazes.layouts.storage import cache_file, read, write
from agents.mazes.maze_spec import MazeSpec, parse_maze
from explore.errors import BadInput, unknown

HELD_OUT_SHARE = 5  # one layout in five


def layouts(maze: str | MazeSpec, name: str) -> Layouts:
    """The layouts of a maze called `name`, "train" or "held-out"; BadInput where the maze has none.

    maze: an id, with or without settings, or a spec that is read already.
    """
    if name not in ("train", "held-out"):
        raise unknown("layout set", name, ["train", "held-out"])
    train, held_out = split(maze)
    if name == "train":
        return train
    if not len(held_out):
        raise BadInput(
            f"{held_out.maze} has no held-out layouts: there are only {len(train)} different ones, all to train on."
        )
    return held_out


def split(maze: str | MazeSpec) -> tuple[Layouts, Layouts]:
    """All layouts of a maze: those to train on, and those held out (there may be none).

    BadInput where the spec's `train_layouts` are more than there are.
    """
    spec = parse_maze(maze)
    registered = gym.registry[spec.id.rpartition(":")[2]]
    known = _splits.get(spec.environment)
    if known is None or known[0] is not registered:
        known = _splits[spec.environment] = (registered, *_split(spec.environment))
    train, held_out = known[1], known[2]
    if spec.train_layouts is not None:
        if spec.train_layouts > len(train):
            raise BadInput(f"train_layouts={spec.train_layouts}: {train.maze} has {len(train)} training layouts.")
        train = train.rows(slice(spec.train_layouts))
    return train.rewarded_as(spec), held_out.rewarded_as(spec)


# By maze, and valid for what is registered under its id: an id may be registered anew, as another maze.
_splits: dict[MazeSpec, tuple[Any, Layouts, Layouts]] = {}


def _split(spec: MazeSpec) -> tuple[Layouts, Layouts]:
    file = cache_file(spec)
    everything = None if file is None else read(spec, file)
    if everything is None:
        everything = built(spec)
        if file is not None:
            write(everything, file)
    held_out = len(everything) // HELD_OUT_SHARE
    return everything.rows(slice(held_out, None)), everything.rows(slice(None, held_out))
