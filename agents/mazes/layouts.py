"""Layouts: the starting positions of a maze, taken from real resets by seed and split into two sets that never meet.

A maze is reset with the seeds 0, 1, …, 2559. What the reset made (grid, agent, mission) is a layout; equal ones are
kept once. The layouts are put in the order of a hash of their contents, and the first fifth of them are held out: the
same on every machine, and no layout is in both sets, however few there are. A maze with fewer than five layouts has
no held-out ones.

Slot s begins its episode e on layout `mix(s, e) mod n`, where mix is SplitMix64 (Steele, Lea & Flood 2014): what a
slot plays depends on its own seed alone.
"""

import functools
import hashlib
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from minigrid.minigrid_env import MiniGridEnv

from explore.errors import BadInput, unknown

RESETS = 2560
HELD_OUT_SHARE = 5  # one layout in five

_STEP = 0x9E3779B97F4A7C15
_WORD = (1 << 64) - 1


@dataclass(frozen=True)
class Layouts:
    """Distinct layouts of a maze: `seeds` `(n,)` are the resets that make them."""

    maze: str
    name: str
    seeds: npt.NDArray[np.int64]
    missions: tuple[str, ...]  # every mission of the maze, in either set

    def __len__(self) -> int:
        return len(self.seeds)


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


def layout_index(slot_seed: int, episode: int, count: int) -> int:
    """Which of `count` layouts the slot with this seed plays in its episode number `episode`."""
    word = (slot_seed * _STEP + (episode + 1) * 0xD1B54A32D192ED03) & _WORD
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & _WORD
    return (word ^ (word >> 31)) % count


def hidden_contents(env: MiniGridEnv) -> list[Any]:
    """What lies in the boxes, which the encoded grid does not tell: one entry per cell, None for nothing."""
    inside = [getattr(cell, "contains", None) for cell in env.grid.grid]
    return [None if thing is None else thing.encode() for thing in inside]


@functools.cache
def split(maze: str) -> tuple[Layouts, Layouts]:
    """All layouts of `maze`: those to train on, and those held out (there may be none)."""
    env = gym.make(maze).unwrapped
    if not isinstance(env, MiniGridEnv):
        raise BadInput(f"{maze} is not a MiniGrid maze.")
    found: dict[bytes, int] = {}
    missions: set[str] = set()
    for seed in range(RESETS):
        env.reset(seed=seed)
        missions.add(env.mission)
        found.setdefault(_contents(env), seed)
    env.close()
    ordered = np.array([found[contents] for contents in sorted(found)], dtype=np.int64)
    held_out = len(ordered) // HELD_OUT_SHARE
    both = {"held-out": ordered[:held_out], "train": ordered[held_out:]}
    train, rest = (Layouts(maze, name, both[name], tuple(sorted(missions))) for name in ("train", "held-out"))
    return train, rest


def _contents(env: MiniGridEnv) -> bytes:
    """A hash of everything that a reset decides."""
    agent = (int(env.agent_pos[0]), int(env.agent_pos[1]), int(env.agent_dir))
    told = repr((hidden_contents(env), agent, env.mission)).encode()
    return hashlib.blake2b(env.grid.encode().tobytes() + told, digest_size=16).digest()
