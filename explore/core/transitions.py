"""What happened: a batch of real environment steps, for many learners at once.

Every tensor is `(learners, batch, …)`. For `Bonus.observe` the batch axis is the environment slots, in order.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import torch


@dataclass(frozen=True)
class Transitions:
    """Transitions `(s, a, r, s′)` of `learners` learners.

    observation, next_observation: `(learners, batch, *features)` in the form that the observation space's `Encoder`
    gives. `next_observation` is the true successor, never the first observation of the next episode.
    action: `(learners, batch)` int64, or `(learners, batch, dims)` float for continuous actions.
    reward: `(learners, batch)` float32, the environment's own.
    terminated, truncated: `(learners, batch)` bool. Truncation is not termination: bootstrap through it.
    state_key, next_state_key: `(learners, batch)` int64 names of the exact full states, where the environment has them.
    valid: `(learners, batch)` bool, False for rows that are no transition (the idle step of an environment that
    resets on its next step); None when all are.
    """

    observation: torch.Tensor
    action: torch.Tensor
    reward: torch.Tensor
    next_observation: torch.Tensor
    terminated: torch.Tensor
    truncated: torch.Tensor
    state_key: torch.Tensor | None = None
    next_state_key: torch.Tensor | None = None
    valid: torch.Tensor | None = None

    @property
    def mask(self) -> torch.Tensor:
        """`valid` as a mask, `(learners, batch)` bool: True for every row that is a transition."""
        return torch.ones_like(self.terminated, dtype=torch.bool) if self.valid is None else self.valid

    @property
    def ended(self) -> torch.Tensor:
        """Where the episode is over, either way, `(learners, batch)` bool."""
        return self.terminated | self.truncated

    def select(self, index: Any) -> "Transitions":
        """The same index applied to every tensor, such as `[:, :4]` or a permutation of the learners."""
        return self._each(lambda part: part[index])

    def to(self, device: torch.device | str) -> "Transitions":
        """The same transitions on another device."""
        return self._each(lambda part: part.to(device))

    def _each(self, change: Callable[[torch.Tensor], torch.Tensor]) -> "Transitions":
        parts = {f.name: getattr(self, f.name) for f in fields(self)}
        changed: dict[str, Any] = {name: None if part is None else change(part) for name, part in parts.items()}
        return Transitions(**changed)
