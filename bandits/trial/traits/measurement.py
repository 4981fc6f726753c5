"""What all traits share: what a trait is, from one figure per learner to a mean with its interval, and the arms.

A trait is measured once per learner, all learners in one batch, and reported as

    mean ± t · s/√learners      (Student's interval at 95 %)

or, where only ratios mean something, as of costs, with mean and interval those of the logarithms.

`Arms` is what the bonuses observe: a start and some arms, each an observation of standard normal numbers that a
learner draws from its own stream, so that a learner's figures do not depend on the others.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
import torch
from scipy import stats

from bandits.trial.plugin_under_test import PluginUnderTest
from bandits.trial.result import Better, Trait
from explore.core.transitions import Transitions
from explore.numerics.seeding import stream

SIZE = 8  # numbers in an observation
FEW = 16  # learners of a plugin that trains networks, of which there are as many
MANY = 64  # of any other bonus, and of strategies
RUNS = 128  # of a bandit policy
LEVEL = 0.95

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class TraitSpec:
    """The definition of a trait: its name, unit, which way is better where there is one, and its meaning."""

    name: str
    unit: str
    better: Better
    meaning: str


@dataclass(frozen=True)
class Measurement:
    """One figure per learner, and those of the references that the same learners are compared with, by name.

    logarithmic: whether the mean is the geometric one, of figures above 0.
    """

    values: Floats
    references: Mapping[str, Floats] = field(default_factory=dict)
    logarithmic: bool = False


@dataclass(frozen=True)
class Probe:
    """The traits that are measured together, and the function that measures them for the learners named."""

    traits: tuple[TraitSpec, ...]
    measure: Callable[[PluginUnderTest, Sequence[int]], Sequence[Measurement]]


def learners(plugin: PluginUnderTest) -> list[int]:
    """The learners that a plugin is measured with."""
    if plugin.kind != "bonus":
        return list(range(RUNS if plugin.kind == "policy" else MANY))
    one = plugin.bonus(space(), gym.spaces.Discrete(2), learners=1, envs=1)
    return list(range(FEW if any(True for _ in one.parameters()) else MANY))


def trait(spec: TraitSpec, measurement: Measurement) -> Trait:
    """The mean over learners with its interval."""
    if measurement.logarithmic:
        mean, (low, high) = mean_interval(np.log(measurement.values))
        value, interval = math.exp(mean), (math.exp(low), math.exp(high))
    else:
        value, interval = mean_interval(measurement.values)
    references = {}
    for name, values in measurement.references.items():
        difference, bounds = mean_interval(measurement.values - values)
        references[name] = (float(values.mean()), difference, *bounds)
    return Trait(
        spec.name,
        value,
        interval,
        spec.unit,
        spec.meaning,
        better=spec.better,
        learners=[float(each) for each in measurement.values],
        references=references,
    )


def mean_interval(values: Floats) -> tuple[float, tuple[float, float]]:
    """The mean of `(learners,)` values, at least two, and Student's interval."""
    mean = float(values.mean())
    half = float(stats.t.ppf((1 + LEVEL) / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return mean, (mean - half, mean + half)


def space() -> gym.spaces.Box:
    """What the arms are observed in."""
    return gym.spaces.Box(-np.inf, np.inf, (SIZE,), np.float32)


class Arms:
    """A start and `arms` arms, and `unseen` places that no pull leads to, for each of the learners `names`."""

    def __init__(self, names: Sequence[int], arms: int, unseen: int = 0, seed: int = 0) -> None:
        self.names, self.arms, self.unseen = names, arms, unseen
        self.action_space = gym.spaces.Discrete(arms)
        places = 1 + arms + unseen
        drawn = [stream(seed, "trait/arms", name).normal(size=(places, SIZE)) for name in names]
        self.rows = torch.from_numpy(np.stack(drawn).astype(np.float32))  # (learners, places, SIZE), the start first
        self._noise = [stream(seed, "trait/noise", name) for name in names]

    def pull(self, arms: Sequence[int] | torch.Tensor) -> Transitions:
        """Pulls of `arms`, the same for all learners or `(learners, batch)`: an episode each, from the start."""
        arm = self._each(arms)
        return self._transitions(torch.full_like(arm, -1), arm, arm, ended=True)

    def walk(self, here: int, there: int) -> Transitions:
        """A step from one arm to another within an episode that goes on, `(learners, 1)`."""
        return self._transitions(self._each([here]), self._each([there]), self._each([there]), ended=False)

    def elsewhere(self) -> Transitions:
        """Transitions from each unseen place to the next one, `(learners, unseen)`."""
        place = self._each(range(self.unseen))
        action = place % self.arms
        return self._transitions(place + self.arms, (place + 1) % self.unseen + self.arms, action, ended=True)

    def noise(self) -> torch.Tensor:
        """An observation that is pure noise, `(learners, SIZE)`, another one each time."""
        drawn = np.stack([random.normal(size=SIZE) for random in self._noise])
        return torch.from_numpy(drawn.astype(np.float32))

    def _each(self, places: Any) -> torch.Tensor:
        if isinstance(places, torch.Tensor):
            return places
        return torch.tensor(list(places)).expand(len(self.names), -1)

    def _transitions(
        self, here: torch.Tensor, there: torch.Tensor, action: torch.Tensor, *, ended: bool
    ) -> Transitions:
        """`here` and `there` `(learners, batch)` count the arms from 0; −1 is the start."""
        over = torch.full(there.shape, ended)
        return Transitions(
            observation=_rows(self.rows, here),
            action=action.clone(),
            reward=torch.zeros(there.shape),
            next_observation=_rows(self.rows, there),
            terminated=over,
            truncated=torch.zeros_like(over),
            state_key=here + 1,
            next_state_key=there + 1,
        )


def _rows(rows: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    return rows.gather(1, (places + 1).unsqueeze(-1).expand(-1, -1, rows.shape[-1]))
