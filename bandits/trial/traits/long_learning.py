"""The traits of long learning: does the bonus still separate rare from common, and is it large enough to matter?

A bonus can lose its use while its networks learn: the error of a predictor falls everywhere, and what is left is the
same for a state that was reached twice and one that was reached a thousand times; or it keeps its ratio and is divided
by a scale that remembers the first errors of untrained networks. So the bonus takes as many steps as the DQN does in
DoorKey-8x8: per vector step of 16 environments `observe` once, then `learn` once on a batch of 64 drawn from all steps
so far. (The DQN has 8 environments and learns twice; a quarter of its optimiser steps take a quarter of the time.)

The environment is a random walk on a plane, by episodes of 100 steps from its origin. Near the origin cells are reached
thousands of times, far from it a few, so that there are rare cells at all times. As in a maze's view, an observation is
a list of categories, some of which neighbours share: the i-th is a random category of the block of 2^(i mod 4) × 2^(i
mod 4) cells that the cell lies in. At the end arrivals of all steps are scored, without decay and episodic factor:

    ratio   mean bonus of arrivals at cells reached at most 3 times / mean bonus of those reached more than 50 times
    size    mean bonus of the former / β

One learner's ratio is an average over some thousand cells, so that a few learners are enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
import torch

from bandits.trial.plugin_under_test import PluginUnderTest
from bandits.trial.traits.measurement import Floats, Measurement, Probe, TraitSpec
from explore.core.bonus import Bonus
from explore.core.transitions import Transitions
from explore.encoding.observations import Encoder
from explore.numerics.seeding import stream

STEPS = 150_000  # of each learner
ENVS = 16
EPISODE = 100
BATCH = 64  # drawn per vector step
LEARNERS = 2
RARE, COMMON = 3, 50  # arrivals at a cell: at most, and more than
SCORED = 4096  # arrivals of each kind, drawn with replacement

MOVES = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
SIDE = 2 * EPISODE + 1  # cells of the plane that an episode can reach, in each direction
FEATURES, CATEGORIES = 16, 8

Integers = npt.NDArray[np.int64]

TRAITS = (
    TraitSpec(
        "rare against common",
        "ratio",
        "more",
        f"bonus of states reached ≤ {RARE} times over that of states reached > {COMMON} times, "
        f"after {STEPS:,} steps of learning",
    ),
    TraitSpec(
        "size of the bonus",
        "beta",
        "",
        f"bonus of states reached ≤ {RARE} times after {STEPS:,} steps of learning, in units of beta",
    ),
)


@dataclass(frozen=True)
class Walk:
    """Random walks of learners, `(learners, steps · ENVS)` each, step after step."""

    state: torch.Tensor
    action: torch.Tensor
    successor: torch.Tensor
    ended: torch.Tensor

    def transitions(self, rows: torch.Tensor, index: Any) -> Transitions:
        """Some of its transitions, `(learners, batch)`, by a slice for all learners or an index for each."""
        parts = (self.state, self.action, self.successor, self.ended)
        if isinstance(index, slice):
            here, action, there, ended = (part[:, index] for part in parts)
        else:
            here, action, there, ended = (part.gather(1, index) for part in parts)
        return Transitions(
            observation=rows[here],
            action=action,
            reward=torch.zeros(here.shape),
            next_observation=rows[there],
            terminated=torch.zeros_like(ended),
            truncated=ended,
            state_key=here,
            next_state_key=there,
        )


def random_walk(names: Sequence[int], steps: int) -> Walk:
    """`steps` vector steps of `ENVS` environments for each of the learners `names`; a state is y · SIDE + x."""
    action = np.stack([stream(0, "trait/walk", name).integers(len(MOVES), size=(steps, ENVS)) for name in names])
    moved = np.cumsum(MOVES[action], axis=1)
    # Where an episode begins: what was moved up to the last step of the one before is taken off.
    starts = np.arange(steps) // EPISODE * EPISODE - 1
    before = np.where((starts >= 0)[:, None, None], moved[:, np.maximum(starts, 0)], 0)
    reached = moved - before + EPISODE
    left = reached - MOVES[action]
    ended = np.broadcast_to((np.arange(1, steps + 1) % EPISODE == 0)[:, None], action.shape)
    state, successor = (place[..., 1] * SIDE + place[..., 0] for place in (left, reached))
    flat = [torch.from_numpy(part.reshape(len(names), -1).copy()) for part in (state, action, successor, ended)]
    return Walk(*flat)


def observations() -> Integers:
    """The categories of every state, `(SIDE², FEATURES)`."""
    random = stream(0, "trait/walk/observations")
    y, x = np.divmod(np.arange(SIDE * SIDE), SIDE)
    features = []
    for feature in range(FEATURES):
        block = 2 ** (feature % 4)
        table = random.integers(CATEGORIES, size=(SIDE // block + 1, SIDE // block + 1))
        features.append(table[y // block, x // block])
    return np.stack(features, axis=1)


def long_learning(plugin: PluginUnderTest, names: Sequence[int], steps: int = STEPS) -> list[Measurement]:
    """Ratio and size for the first `LEARNERS` of the learners `names`, after `steps` environment steps of each."""
    names = list(names)[:LEARNERS]
    space, actions = gym.spaces.MultiDiscrete([CATEGORIES] * FEATURES), gym.spaces.Discrete(len(MOVES))
    bonus = plugin.bonus(space, actions, learners=names, envs=ENVS, half_life=0.0)  # the size is that without decay
    rows = torch.from_numpy(Encoder(space).encode(observations()))
    walk = random_walk(names, steps // ENVS)
    drawing = [stream(0, "trait/walk/batches", name) for name in names]
    draws = any(_learns_from_draws(part) for part in bonus.modules())
    for begun in range(0, steps // ENVS * ENVS, ENVS):
        bonus.observe(walk.transitions(rows, slice(begun, begun + ENVS)))
        if draws:
            drawn = np.stack([random.integers(begun + ENVS, size=BATCH) for random in drawing])
            bonus.learn(walk.transitions(rows, torch.from_numpy(drawn)))
    rare, common = _mean_scores(bonus, rows, walk)
    return [Measurement(rare / common), Measurement(rare / bonus.settings.beta)]


def _learns_from_draws(part: torch.nn.Module) -> bool:
    """Whether `learn` does something for this part of a bonus."""
    return isinstance(part, Bonus) and part.settings.learns_from == "drawn" and any(True for _ in part.parameters())


def _mean_scores(bonus: Bonus, rows: torch.Tensor, walk: Walk) -> tuple[Floats, Floats]:
    """The mean bonus of arrivals at rare and at common states, `(learners,)` each."""
    counts = [np.bincount(each, minlength=SIDE * SIDE)[each] for each in walk.successor.numpy()]
    means = []
    for kind in ([count <= RARE for count in counts], [count > COMMON for count in counts]):
        places = [_sample(np.flatnonzero(each), name) for each, name in zip(kind, bonus.names, strict=True)]
        scores = bonus.score(walk.transitions(rows, torch.from_numpy(np.stack(places))))
        means.append(scores.double().mean(1).numpy())
    return means[0], means[1]


def _sample(places: Integers, name: int) -> Integers:
    """Some of the places, drawn with replacement, so that all learners have as many."""
    return stream(0, "trait/walk/scored", name).choice(places, SCORED)


PROBES: tuple[Probe, ...] = (Probe(TRAITS, long_learning),)
