"""Pictures of a maze for the page: one of a layout, and an episode of the best learner, frame by frame."""

import base64
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from agents.mazes import has_held_out
from agents.mazes.maze_spec import is_maze
from agents.play import Episode
from escapade.watch import players
from escapade.watch.gif import own_palette
from explore.errors import BadInput

MOST = 250  # frames of an episode
SEED = 1  # of the layout that is shown


@dataclass(frozen=True)
class Played:
    """An episode: who played where, how it ended, and per frame a picture (a data URI) and what is seen in it."""

    title: str
    ending: str
    pictures: list[str]
    words: list[str]


def picture_of(maze: str) -> str | None:
    """The first training layout as MiniGrid draws it, a data URI; None where there is no such picture."""
    if not is_maze(maze):
        return None
    try:
        maze_layouts, _ = players.layout_of(maze, 0, False, 0)
        episode = Episode(maze_layouts, 0)
        next(episode.moments(lambda observation: None))
        picture = episode.picture()
        episode.close()
    except BadInput:
        return None
    return data_uri(picture)


def played(folder: Path, maze: str, agent: str) -> Played | str:
    """An episode of an agent's best learner, on a held-out layout where there is one; or why there is none."""
    if not is_maze(maze):
        return f"{maze} is not a maze: its episodes cannot be drawn."
    try:
        kept = players.best_learner(folder, maze, agent, None)
        held_out = has_held_out(maze)
        maze_layouts, index = players.layout_of(maze, None, held_out, SEED)
        who = players.Watched(maze, agent, kept)
        player = players.player(who, maze_layouts, index, SEED, 0, lambda progress: None)
        episode = Episode(maze_layouts, index)
    except BadInput as error:
        return f"No episode can be shown: {error}"
    pictures: list[str] = []
    words: list[str] = []
    last = None
    for moment in episode.moments(player):
        last = moment
        if len(pictures) < MOST:
            pictures.append(data_uri(episode.picture()))
            action = f"{moment.action_name}, reward {moment.reward:.3g}" if moment.action_name else moment.mission
            words.append(f"step {moment.step}: {action}")
    episode.close()
    assert last is not None
    kind = "held-out" if held_out else "training"
    title = f"{agent}, learner {kept.learner} (the best of {kept.among}), {kind} layout {index} of {len(maze_layouts)}"
    ending = f"{last.ending or 'not ended'} after {last.step} of {last.limit} steps, return {last.episode_return:.3f}"
    return Played(title, ending, pictures, words)


def data_uri(picture: npt.NDArray[np.uint8]) -> str:
    """A picture as a PNG in a data URI, with a palette of its own colours."""
    file: Any = io.BytesIO()
    own_palette(picture).save(file, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
