"""The contract of a strategy: how to choose actions, given values.

    choose(values, step, streams) → actions

values `(learners, envs, actions)`, step the environment steps that each learner has taken so far, streams the learners'
own random numbers, actions `(learners, envs)` int64. A strategy that keeps state per slot, or counts, is updated
by `observe`, called once per real step; one that depends on the observations gets them through `see` before `choose`.
"""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import torch

from explore.core.spec import Settings, settings_from
from explore.core.stateful import StatefulModule
from explore.core.transitions import Transitions
from explore.errors import checked_count
from explore.numerics.streams import Streams


class Strategy(StatefulModule, ABC):
    """A way to choose for `learners` learners with `envs` slots each.

    `horizon` is the environment steps that a learner takes in the whole run, for schedules. Keyword settings are
    checked against `Settings`; BadInput where one is wrong, or a count is less than 1.
    """

    Settings: ClassVar[type[Settings]] = Settings

    def __init__(self, actions: int, *, learners: int = 1, envs: int = 1, horizon: int = 100_000, **settings: Any):
        super().__init__()
        self.settings: Any = settings_from(self.Settings, settings, f"the strategy {type(self).__name__}")
        self.actions = checked_count("actions", actions)
        self.learners = checked_count("learners", learners)
        self.envs = checked_count("envs", envs)
        self.horizon = checked_count("horizon", horizon)

    @abstractmethod
    def choose(self, values: torch.Tensor, step: int, streams: Streams) -> torch.Tensor:
        """Actions `(learners, envs)` for values `(learners, envs, actions)`."""

    def see(self, rows: torch.Tensor) -> None:
        """What every slot sees now, encoded rows `(learners, envs, width)`; most strategies need nothing.

        An agent calls it before `choose`. Where there is but one state, as in a bandit, it is never called.
        """
        return

    def observe(self, transitions: Transitions) -> None:
        """Learn what happened, once per real step; most strategies need nothing."""
        return
