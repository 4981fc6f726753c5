"""Layouts kept on disk: making them takes seconds, so they lie in the user's cache folder.

There is one file per maze and version of the packages that decide its layouts (for the traps also of the code). A file
that cannot be read is made again.
"""

import functools
import hashlib
import os
import tempfile
from importlib.metadata import version
from pathlib import Path

import gymnasium as gym
import numpy as np
import platformdirs

from agents.mazes.engine.world import Rules, Worlds
from agents.mazes.environment import real_maze
from agents.mazes.layouts.building import RESETS
from agents.mazes.layouts.layouts import Layouts
from agents.mazes.layouts.packing import owner_of_step
from agents.mazes.maze_spec import MazeSpec

FORMAT = 2  # counted up when what is in the files changes
PER_LAYOUT = ("seeds", "mission")
FACTS = ("width", "height", "through_walls", "view", "full")
RULES = tuple(name for name in Rules._fields if name != "fall")


def cache_file(spec: MazeSpec) -> Path | None:
    """Where the layouts of a maze of an installed distribution are kept; None for a maze of the user's own code."""
    entry = gym.registry[spec.id.rpartition(":")[2]]
    if not isinstance(entry.entry_point, str) or not entry.entry_point.startswith(("minigrid.", "agents.")):
        return None
    home = owner_of_step(real_maze(spec).env).__module__.partition(".")[0]
    parts = [str(spec), FORMAT, RESETS, home, repr(entry)]
    if home == "agents":
        parts.append(sources())  # the code of our own mazes changes more often than our version
    parts += [version(package) for package in ("escapade", "minigrid", "gymnasium", "numpy")]
    name = hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()
    return Path(platformdirs.user_cache_dir("escapade")) / "layouts" / f"{name}.npz"


@functools.cache
def sources() -> str:
    """A hash of the source of the traps."""
    files = sorted((Path(__file__).parents[1] / "traps").glob("*.py"))
    return hashlib.blake2b(b"".join(file.read_bytes() for file in files), digest_size=12).hexdigest()


def write(layouts: Layouts, place: Path) -> None:
    """Keep the layouts; a folder that cannot be written costs nothing but the time to make them again."""
    arrays = {name: getattr(layouts, name) for name in PER_LAYOUT} | layouts.worlds._asdict()
    facts = np.array([int(getattr(layouts, name)) for name in FACTS])
    rules = np.array([getattr(layouts.rules, name) for name in RULES])
    text = np.array([layouts.maze, layouts.why_not or "", *layouts.missions])
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        draft, name = tempfile.mkstemp(dir=place.parent)
        try:
            with os.fdopen(draft, "wb") as file:
                np.savez_compressed(file, facts=facts, rules=rules, text=text, **arrays)
            Path(name).replace(place)  # whole or not at all, whoever else writes it
        finally:
            Path(name).unlink(missing_ok=True)  # what a full disk left half written
    except OSError:
        return


def read(spec: MazeSpec, place: Path) -> Layouts | None:
    """What was kept; None where nothing that can be read was."""
    if not place.is_file():
        return None
    try:
        with np.load(place) as file:
            arrays = {name: file[name] for name in PER_LAYOUT}
            worlds = Worlds(*(file[name] for name in Worlds._fields))
            facts = dict(zip(FACTS, file["facts"].tolist(), strict=True))
            rules = dict(zip(RULES, file["rules"].tolist(), strict=True))
            maze, reason, *missions = file["text"].tolist()
    except Exception:  # a damaged archive raises zlib.error, NotImplementedError, RuntimeError, …
        return None
    if maze != str(spec.environment) or len({len(part) for part in (*arrays.values(), *worlds)}) != 1:
        return None
    return Layouts(
        spec=spec,
        width=facts["width"],
        height=facts["height"],
        through_walls=bool(facts["through_walls"]),
        view=facts["view"],
        full=bool(facts["full"]),
        rules=Rules(**rules, fall=0.0),
        why_not=reason or None,
        missions=tuple(missions),
        worlds=worlds,
        **arrays,
    ).rewarded_as(spec)
