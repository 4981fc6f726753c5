"""Features that keep what the agent can influence: φ is learned by predicting the action from φ(s) and φ(s′).

    L_inverse = loss of g(φ(s), φ(s′)) against a      (Pathak et al. 2017, equations 2–3; also NGU, RIDE and E3B)

What no action changes and what changes by itself (the noisy TV) does not help to predict actions, so φ may drop it.
Actions: categories by cross-entropy, continuous ones as raw vectors by their squared error
(`explore.encoding.actions`).
"""

from typing import ClassVar

import torch
from pydantic import Field

from explore.bonuses.base.learned import Learned, LearnedSettings
from explore.core.bonus import BonusSettings
from explore.core.transitions import Transitions
from explore.encoding.actions import ActionEncoder
from explore.networks.stacked import StackedMLP


class InverseSettings(LearnedSettings):
    """Settings of the bonuses that learn φ from actions."""

    learning_rate: float = Field(1e-3, gt=0, description="Adam's step size")


class InverseFeatures(Learned):
    """A bonus whose φ is learned by predicting actions; BadInput for actions that cannot be predicted."""

    Settings: ClassVar[type[BonusSettings]] = InverseSettings
    settings: InverseSettings

    def build(self) -> None:
        s = self.settings
        self.actions = ActionEncoder(self.action_space)
        self.embedding = self.normalizer.network((s.hidden,), s.features, name="embedding", **self.common)
        self.inverse = StackedMLP(2 * s.features, (s.hidden,), self.actions.size, name="inverse", **self.common)

    def embed(self, transitions: Transitions) -> tuple[torch.Tensor, torch.Tensor]:
        """φ(s) and φ(s′), both `(learners, batch, features)`; rows that are no transitions may be left out."""
        # One pass over both halves: the layers are small, and calling them twice costs more.
        both = torch.cat([transitions.observation, transitions.next_observation], dim=1)
        needed = None if transitions.valid is None else transitions.valid.repeat(1, 2)
        before, after = self.embedding(self.normalizer(both), needed).chunk(2, dim=1)
        return before, after

    def inverse_loss(self, before: torch.Tensor, after: torch.Tensor, action: torch.Tensor) -> torch.Tensor:
        """How far the action guessed from φ(s) and φ(s′) is off, `(learners, batch)`."""
        return self.actions.loss(self.inverse(torch.cat([before, after], dim=-1)), action)

    def losses(self, transitions: Transitions) -> dict[str, torch.Tensor]:
        return {"inverse": self.inverse_loss(*self.embed(transitions), transitions.action)}
