"""Features learned from two predictions: of the action (inverse model) and of the successor's features (forward model).

    L = (1 − w) L_inverse + w · ½‖f(φ(s), a) − φ(s′)‖²,   w = 0.2
    (Pathak et al. 2017, "Curiosity-driven exploration by self-supervised prediction", equations 2–7)

Both losses reach φ, as in the authors' code. `icm` and `ride` build on it.
"""

from typing import ClassVar

import torch
from pydantic import Field

from explore.bonuses.base.inverse_model import InverseFeatures, InverseSettings
from explore.core.bonus import BonusSettings
from explore.core.transitions import Transitions
from explore.networks.stacked import StackedMLP


class ForwardModelSettings(InverseSettings):
    """Settings of the bonuses that predict φ(s′) too."""

    forward_weight: float = Field(0.2, ge=0, le=1, description="w, weight of the forward loss against the inverse")


class ForwardModelBonus(InverseFeatures):
    """A bonus whose φ is learned by predicting actions and successors; BadInput for other actions."""

    Settings: ClassVar[type[BonusSettings]] = ForwardModelSettings
    settings: ForwardModelSettings

    def build(self) -> None:
        super().build()
        s = self.settings
        read = s.features + self.actions.size
        self.forward_model = StackedMLP(read, (s.hidden,), s.features, name="forward", **self.common)

    def forward_error(
        self, before: torch.Tensor, after: torch.Tensor, action: torch.Tensor, needed: torch.Tensor | None = None
    ) -> torch.Tensor:
        """½‖f(φ(s), a) − φ(s′)‖², `(learners, batch)`; where `needed` is False, it may be left out."""
        predicted = self.forward_model(torch.cat([before, self.actions.features(action)], dim=-1), needed)
        error: torch.Tensor = (predicted - after).square().sum(-1)
        return error / 2

    def losses(self, transitions: Transitions) -> dict[str, torch.Tensor]:
        before, after = self.embed(transitions)
        weight = self.settings.forward_weight
        return {
            "inverse": (1 - weight) * self.inverse_loss(before, after, transitions.action),
            "forward": weight * self.forward_error(before, after, transitions.action),
        }
