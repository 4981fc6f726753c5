"""The results of training as plain data: one `LearnerResult` per learner, and `Progress` while it runs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class LearnerResult:
    """One learner (one seed) after training.

    learner: its name (an integer); its random streams derive from the experiment's seed and this name.
    train_return, train_success: mean over evaluation episodes on the training layouts, by the exploiting policy;
    success is the share of episodes that reached the true goal, None where the environment names none.
    held_out_return, held_out_success: the same on layouts never trained on; None where there are too few.
    first_reward_step: environment steps of this learner until its first reward above zero; None if there was none.
    first_success_step: environment steps until it first reached the true goal; in MiniGrid's mazes that is the first
    reward, in a trap it is not. None too where the environment names no goal.
    curve: (environment steps, evaluated return on training layouts) pairs, in order.
    visits: how many of its training steps led to the cell x, y, as `visits[x][y]`; empty where they were not counted.
    """

    learner: int
    train_return: float
    train_success: float | None
    held_out_return: float | None
    held_out_success: float | None
    first_reward_step: int | None
    curve: list[tuple[int, float]]
    visits: list[list[int]] = field(default_factory=list)
    first_success_step: int | None = None


@dataclass(frozen=True)
class Block:
    """Learners that were trained together: their results, their cost, and the weights to play them.

    steps: environment steps per learner. seconds: wall time of training (evaluation included).
    steps_per_second: environment steps of all learners per second of training, evaluation apart.
    weights: what `agents.training.trained` needs to play them; empty unless requested.
    """

    maze: str
    agent: str
    steps: int
    seconds: float
    steps_per_second: float
    results: list[LearnerResult]
    weights: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """The progress of a block; `returns` `(learners,)` is the newest evaluated return (NaN before the first).

    began: the step at which this process began, above 0 where it went on from a saved state.
    """

    step: int
    steps: int
    returns: npt.NDArray[np.float64]
    rewarded: int  # learners that have seen a reward
    began: int = 0


OnProgress = Callable[[Progress], None]


class Checkpointer(Protocol):
    """Storage for the state of a training; it decides when and where to save."""

    def due(self) -> bool:
        """Whether the state is to be saved now; called after every vector step."""

    def save(self, step: int, state: dict[str, Any]) -> None:
        """Save `state`: numbers, lists and tensors."""

    def load(self) -> dict[str, Any] | None:
        """The newest saved state; None where there is none."""
