"""Transitions: a batch of environment steps, for many learners at once.

Every tensor is `(learners, batch, …)`. For `Bonus.observe` the batch axis is the environment slots, in order.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import torch

from explore.counting.keys import row_keys
from explore.errors import BadInput


@dataclass(frozen=True)
class Transitions:
    """Transitions `(s, a, r, s′)` of `learners` learners.

    observation, next_observation: `(learners, batch, width)` in the form that the observation space's `Encoder`
    gives. `next_observation` is the true successor, never the first observation of the next episode.
    action: `(learners, batch)` int64 for discrete actions, or `(learners, batch, *shape)` as the action space has them.
    reward: `(learners, batch)` float32, the environment's own.
    terminated, truncated: `(learners, batch)` bool. Truncation is not termination: bootstrap through it.
    state_key, next_state_key: `(learners, batch)` int64 names of the exact full states, where the environment has them.
    valid: `(learners, batch)` bool, False for rows that are no transition (the idle step of an environment that
    resets on its next step); None when all are.

    What is worked out from these (`mask`, the keys of the observations) is kept: the tensors must not change.
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

    @cached_property
    def mask(self) -> torch.Tensor:
        """`valid` as a mask, `(learners, batch)` bool: True for every row that is a transition."""
        return torch.ones_like(self.terminated, dtype=torch.bool) if self.valid is None else self.valid

    @cached_property
    def observation_key(self) -> torch.Tensor:
        """64-bit keys of `observation`, `(learners, batch)` int64 (`explore.counting.keys`)."""
        return row_keys(self.observation)

    @cached_property
    def next_observation_key(self) -> torch.Tensor:
        """64-bit keys of `next_observation`, `(learners, batch)` int64 (`explore.counting.keys`)."""
        return row_keys(self.next_observation)

    @cached_property
    def ended(self) -> torch.Tensor:
        """Where the episode is over, either way, `(learners, batch)` bool."""
        return self.terminated | self.truncated

    def check(self, learners: int, width: int, batch: int | None = None) -> None:
        """BadInput where a tensor has not the shape that it must have: compiled code would read past it.

        width: of the rows of observations. batch: how many transitions; as many as there are rewards where None.
        """
        batch = self.reward.shape[-1] if batch is None else batch
        each, rows = (learners, batch), (learners, batch, width)
        optional = (self.state_key, self.next_state_key, self.valid)
        if (
            self.observation.shape == self.next_observation.shape == rows
            and self.reward.shape == self.terminated.shape == self.truncated.shape == self.action.shape[:2] == each
            and all(part is None or part.shape == each for part in optional)
        ):
            return
        for field in fields(self):
            part: torch.Tensor | None = getattr(self, field.name)
            right = rows if field.name in ("observation", "next_observation") else each
            if part is not None and (part.shape[:2] if field.name == "action" else part.shape) != right:
                raise BadInput(f"the transitions' {field.name} has shape {tuple(part.shape)}: {right} is right.")

    def with_valid(self, valid: torch.Tensor) -> "Transitions":
        """The same transitions, of which those count where `valid`, `(learners, batch)` bool."""
        changed = replace(self, valid=valid)
        for name in ("observation_key", "next_observation_key", "ended"):  # which do not depend on it
            if name in vars(self):
                vars(changed)[name] = vars(self)[name]
        return changed

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
