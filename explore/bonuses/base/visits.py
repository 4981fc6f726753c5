"""What every counting bonus shares: the keys that visits are counted under.

A transition departs from s and arrives at its true successor s′. A key is a 64-bit hash of the observation, of the
exact state (`by=state`, where the environment provides it), or of the result of a function `key` of the rows:

    Count(space, actions, key=lambda rows: rows[..., :2])      counts by the first two columns
"""

from collections.abc import Callable
from typing import Any, ClassVar, Literal

import torch
from pydantic import Field

from explore.core.bonus import Bonus, BonusSettings
from explore.core.transitions import Transitions
from explore.counting.keys import row_keys
from explore.errors import BadInput

OFFSET = 0.01  # Bellemare et al. 2016, equation 1: keeps the bonus of unvisited states finite

KeyFunction = Callable[[torch.Tensor], torch.Tensor]


class VisitsSettings(BonusSettings):
    """Settings of every bonus that counts visits."""

    by: Literal["observation", "state"] = Field("observation", description="what is counted")


class Visits(Bonus):
    """Base class of bonuses that count visits; subclasses define the formula.

    key: a function of encoded rows, `(learners, batch, width)`, whose result is the key itself, `(learners, batch)`
    int64, or again rows, `(learners, batch, any)`, that are keyed exactly. Each learner's rows must be treated alone.
    BadInput where `by=state` is used without state keys in the transitions, or together with a `key`.
    """

    Settings: ClassVar[type[BonusSettings]] = VisitsSettings
    settings: VisitsSettings

    def __init__(self, *args: Any, key: KeyFunction | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if key is not None and self.settings.by == "state":
            raise BadInput("a key function reads observations: leave it out, or count by=observation.")
        self.key_function = key

    @property
    def needs_state_key(self) -> bool:
        return self.settings.by == "state"

    def arrived(self, transitions: Transitions) -> torch.Tensor:
        """Keys of the true successors, `(learners, batch)` int64."""
        if self._counts_observations:
            return transitions.next_observation_key
        return self._key(transitions.next_observation, transitions.next_state_key)

    def departed(self, transitions: Transitions) -> torch.Tensor:
        """Keys of where the transitions start, `(learners, batch)` int64."""
        if self._counts_observations:
            return transitions.observation_key
        return self._key(transitions.observation, transitions.state_key)

    def key(self, rows: torch.Tensor) -> torch.Tensor:
        """The keys of encoded rows, `(learners, batch, width)` to `(learners, batch)` int64."""
        if self.key_function is None:
            return row_keys(rows)
        keys = self.key_function(rows)
        return keys if keys.shape == rows.shape[:2] and keys.dtype == torch.int64 else row_keys(keys)

    @property
    def _counts_observations(self) -> bool:
        """Whether the keys are those of the whole observation, which transitions work out once."""
        return self.settings.by == "observation" and self.key_function is None and type(self).key is Visits.key

    def _key(self, rows: torch.Tensor, state_key: torch.Tensor | None) -> torch.Tensor:
        if self.settings.by == "observation":
            return self.key(rows)
        if state_key is None:
            raise BadInput("by=state needs an environment that names its exact states: use by=observation.")
        return state_key
