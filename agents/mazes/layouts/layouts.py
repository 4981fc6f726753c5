"""Layouts: the starting positions of a maze, taken from real resets by seed and split into two sets that never meet.

A maze is reset with the seeds 0, 1, …, 2559. What the reset made (grid, agent, mission) is a layout; equal ones are
kept once. The layouts are put in the order of a hash of their contents, and the first fifth of them are held out: the
same on every machine, and no layout is in both sets, however few there are. A maze with fewer than five layouts has
no held-out ones.

Slot s begins its episode e on layout `mix(s, e) mod n`, where mix is SplitMix64 (Steele, Lea & Flood 2014): what a
slot plays depends on its own seed alone.

Making them takes seconds, so they are kept in the user's cache folder, one file per maze and version of the packages
(for the traps also of the code) that decide them. A file that cannot be read is made again.
"""

import functools
import hashlib
import os
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
import platformdirs
from minigrid.minigrid_env import MiniGridEnv

from agents.mazes.engine.codes import Codes
from agents.mazes.engine.moves import Numbers, Random
from agents.mazes.engine.pcg import words
from agents.mazes.layouts.packing import Packed, owner_of_step, pack, rule_of, why_not
from explore.errors import BadInput, unknown
from explore.numerics.compiled import kernel_part
from explore.numerics.hashing import GAMMA, mix

RESETS = 2560
HELD_OUT_SHARE = 5  # one layout in five
FORMAT = 1  # of the cache files; counted up when what is in them changes

_EPISODE, _1 = np.uint64(0xD1B54A32D192ED03), np.uint64(1)


@dataclass(frozen=True)
class Layouts:
    """Distinct layouts of a maze, one per row.

    seeds: `(n,)`, the resets that make them. mission: `(n,)`, index into `missions`, all that the maze has in either
    set. cells, inside, agent, task, random: `(n, …)` as `dynamics` says; empty where the maze is not compiled.
    """

    maze: str
    width: int
    height: int
    limit: int  # steps until an episode is truncated
    through: bool  # whether the agent sees through walls
    view: int  # width of its view
    actions: int
    rule: int
    why_not: str | None  # why the maze is not compiled
    missions: tuple[str, ...]
    seeds: npt.NDArray[np.int64]
    mission: npt.NDArray[np.int64]
    cells: Codes
    inside: Codes
    agent: Numbers
    task: Numbers
    random: Random

    def __len__(self) -> int:
        return len(self.seeds)

    def rows(self, chosen: Any) -> "Layouts":
        """The same maze with some of the layouts."""
        parts = {part.name: getattr(self, part.name) for part in fields(self)}
        for name in PER_LAYOUT:
            parts[name] = parts[name][chosen]
        return Layouts(**parts)


PER_LAYOUT = ("seeds", "mission", "cells", "inside", "agent", "task", "random")
FACTS = ("width", "height", "limit", "through", "view", "actions", "rule")


def layouts(maze: str, name: str) -> Layouts:
    """The layouts of `maze` called `name`, "train" or "held-out"; BadInput where the maze has none."""
    if name not in ("train", "held-out"):
        raise unknown("layout set", name, ["train", "held-out"])
    train, held_out = split(maze)
    if name == "train":
        return train
    if not len(held_out):
        raise BadInput(f"{maze} has no held-out layouts: there are only {len(train)} different ones, all to train on.")
    return held_out


@functools.cache
def split(maze: str) -> tuple[Layouts, Layouts]:
    """All layouts of `maze`: those to train on, and those held out (there may be none)."""
    kept = _cache_file(maze)
    found = _read(maze, kept)
    if found is None:
        found = made_from(maze)
        _write(found, kept)
    held_out = len(found) // HELD_OUT_SHARE
    return found.rows(slice(held_out, None)), found.rows(slice(None, held_out))


@kernel_part
def layout_index(slot_seed: int, episode: int, count: int) -> int:
    """Which of `count` layouts the slot with this seed plays in its episode number `episode`."""
    word = np.uint64(slot_seed) * GAMMA + (np.uint64(episode) + _1) * _EPISODE
    return int(np.int64(mix(word) % np.uint64(count)))


def bare(maze: str) -> MiniGridEnv:
    """The environment with this id without its wrappers; BadInput where there is none, or it is no MiniGrid maze."""
    if maze not in gym.registry:
        raise unknown("maze", maze, (name for name in gym.registry if name.startswith("MiniGrid-")))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # an older version of a maze is still that maze
        try:
            env = gym.make(maze).unwrapped
        except gym.error.DependencyNotInstalled as missing:
            raise _missing(maze, missing) from None
    if not isinstance(env, MiniGridEnv):
        raise BadInput(f"{maze} is not a MiniGrid maze.")
    return env


def hidden_contents(env: MiniGridEnv) -> list[Any]:
    """What lies in the boxes, which the encoded grid does not tell: one entry per cell, None for nothing."""
    inside = [getattr(cell, "contains", None) for cell in env.grid.grid]
    return [None if thing is None else thing.encode() for thing in inside]


def made_from(maze: str, resets: int | Sequence[int] = RESETS) -> Layouts:
    """The distinct layouts of the resets with seeds 0, 1, … or with these seeds; made anew, whatever was kept."""
    env = bare(maze)
    first: dict[bytes, tuple[int, str, Packed | None]] = {}
    reason, limits = None, set()
    cells: tuple[bytes, list[Any]] | None = None
    packed: Packed | None = None
    one_grid = getattr(env, "one_grid", False)
    if isinstance(resets, int):
        resets = range(min(resets, getattr(env, "resets", None) or resets))
    for seed in resets:
        try:
            env.reset(seed=seed)
        except gym.error.DependencyNotInstalled as missing:
            raise _missing(maze, missing) from None
        except RecursionError:  # MiniGrid found no place for a thing: no layout has this seed
            continue
        limits.add(env.max_steps)
        if cells is None or not one_grid:
            reason, cells = reason or why_not(env), _cells(env)
        contents = _contents(env, *cells)
        if contents in first:
            continue
        if packed is None or not one_grid:
            packed = pack(env) if reason is None else None
        else:
            packed = replace(packed, random=words(env.np_random))
        first[contents] = (seed, env.mission, packed)
    if len(limits) > 1:
        reason = reason or "its time limit depends on the layout"
    env.close()
    if not first:
        raise BadInput(f"an empty set of layouts of {maze}: give at least one seed whose reset makes one.")
    seeds, missions, kept = zip(*(first[contents] for contents in sorted(first)), strict=True)
    known = tuple(sorted(set(missions)))
    arrays: dict[str, Any] = {
        name: np.stack([getattr(each, name) for each in kept]) if reason is None else np.zeros((len(seeds), 0))
        for name in ("cells", "inside", "agent", "task", "random")
    }
    return Layouts(
        maze=maze,
        width=env.width,
        height=env.height,
        limit=max(limits),
        through=bool(env.see_through_walls),
        view=env.agent_view_size,
        actions=int(env.action_space.n),  # type: ignore[attr-defined]  # Discrete in every MiniGrid maze
        rule=-1 if reason is not None else rule_of(env),
        why_not=reason,
        missions=known,
        seeds=np.array(seeds, dtype=np.int64),
        mission=np.array([known.index(mission) for mission in missions], dtype=np.int64),
        **arrays,
    )


def _missing(maze: str, error: Exception) -> BadInput:
    return BadInput(f"{maze} needs a package that is not installed: {error}.")


def _cells(env: MiniGridEnv) -> tuple[bytes, list[Any]]:
    """What lies in the cells, and in the boxes there."""
    return env.grid.encode().tobytes(), hidden_contents(env)


def _contents(env: MiniGridEnv, grid: bytes, boxes: list[Any]) -> bytes:
    """A hash of everything that a reset decides and a player can come to know, and of what a trap hides."""
    agent = (int(env.agent_pos[0]), int(env.agent_pos[1]), int(env.agent_dir))
    told = repr((boxes, agent, env.mission, *getattr(env, "hidden", ()))).encode()
    return hashlib.blake2b(grid + told, digest_size=16).digest()


def _cache_file(maze: str) -> Path | None:
    """Where the layouts of a maze of an installed distribution are kept; None for a maze of the user's own code."""
    home = owner_of_step(bare(maze)).__module__.partition(".")[0]
    spec = gym.spec(maze)
    entry = spec.entry_point if isinstance(spec.entry_point, str) else ""
    if not entry.startswith(("minigrid.", "agents.")):
        return None
    parts = [maze, FORMAT, RESETS, home, repr(sorted(spec.kwargs.items()))]
    if home == "agents":
        parts.append(_sources())  # the code of our own mazes changes more often than our version
    parts += [version(package) for package in ("escapade", "minigrid", "gymnasium", "numpy")]
    name = hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()
    return Path(platformdirs.user_cache_dir("escapade")) / "layouts" / f"{name}.npz"


@functools.cache
def _sources() -> str:
    """A hash of the source of the traps."""
    files = sorted((Path(__file__).parents[1] / "traps").glob("*.py"))
    return hashlib.blake2b(b"".join(file.read_bytes() for file in files), digest_size=12).hexdigest()


def _write(found: Layouts, place: Path | None) -> None:
    """Keep the layouts; a folder that cannot be written costs nothing but the time to make them again."""
    if place is None:
        return
    facts = np.array([int(getattr(found, name)) for name in FACTS])
    text = np.array([found.maze, found.why_not or "", *found.missions])
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        draft, name = tempfile.mkstemp(dir=place.parent)
        try:
            with os.fdopen(draft, "wb") as file:
                np.savez_compressed(file, facts=facts, text=text, **{part: getattr(found, part) for part in PER_LAYOUT})
            Path(name).replace(place)  # whole or not at all, whoever else writes it
        finally:
            Path(name).unlink(missing_ok=True)  # what a full disk left half written
    except OSError:
        return


def _read(maze: str, place: Path | None) -> Layouts | None:
    """What was kept, None where nothing that can be read was."""
    if place is None or not place.is_file():
        return None
    try:
        with np.load(place) as file:
            parts = {name: file[name] for name in PER_LAYOUT}
            facts = dict(zip(FACTS, file["facts"].tolist(), strict=True))
            name, reason, *missions = file["text"].tolist()
    except Exception:  # a damaged archive raises zlib.error, NotImplementedError, RuntimeError, …
        return None
    if name != maze or len({len(part) for part in parts.values()}) != 1:
        return None
    facts["through"] = bool(facts["through"])
    return Layouts(maze=maze, why_not=reason or None, missions=tuple(missions), **facts, **parts)
