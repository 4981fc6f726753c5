"""ICM, the intrinsic curiosity module: what the agent cannot foresee, of what its actions reveal, is news.

    b(s, a, s′) = ½‖f(φ(s), a) − φ(s′)‖²      loss (1 − w) L_inverse + w L_forward,  w = 0.2
    (Pathak et al. 2017, "Curiosity-driven exploration by self-supervised prediction", equations 2–7; η is β here)

φ learns from two predictions: of the action from φ(s) and φ(s′), so that it keeps what the agent can influence and may
drop what it cannot (the noisy TV), and of φ(s′) from φ(s) and the action a. Both losses reach φ, as in the authors'
code. Actions may be discrete or continuous (`explore.bonuses.base.inverse_model`).

From the paper: w, Adam with 1e-3. Normalisation by the return of the bonus is Burda et al. 2018, "Large-scale study of
curiosity-driven learning", since φ has no scale of its own. One hidden layer of 128 and 64 features instead of four
convolutions and 288 are a choice for small observations; β is Count's.
"""

from typing import ClassVar

import torch
from pydantic import Field

from explore.bonuses.base.inverse_model import InverseFeatures, InverseSettings
from explore.core.bonus import BonusSettings
from explore.core.transitions import Transitions
from explore.networks.stacked import StackedMLP


class CuriositySettings(InverseSettings):
    """Settings of the bonuses that predict φ(s′) too."""

    forward_weight: float = Field(0.2, ge=0, le=1, description="w, weight of the forward loss against the inverse")


class ICMSettings(CuriositySettings):
    """Settings of `icm`."""

    normalise: bool = Field(True, description="divide by the running deviation of the discounted novelty")


class Curious(InverseFeatures):
    """A bonus whose φ is learned by predicting actions and successors; BadInput for actions it cannot predict."""

    Settings: ClassVar[type[BonusSettings]] = CuriositySettings
    settings: CuriositySettings

    def build(self) -> None:
        super().build()
        s = self.settings
        read = s.features + self.actions.size
        self.forward_model = StackedMLP(read, (s.hidden,), s.features, name="forward", **self.common)

    def surprise(self, before: torch.Tensor, after: torch.Tensor, action: torch.Tensor) -> torch.Tensor:
        """½‖f(φ(s), a) − φ(s′)‖², `(learners, batch)`."""
        foreseen = self.forward_model(torch.cat([before, self.actions.features(action)], dim=-1))
        error: torch.Tensor = (foreseen - after).square().sum(-1)
        return error / 2

    def losses(self, transitions: Transitions) -> dict[str, torch.Tensor]:
        before, after = self.embed(transitions)
        weight = self.settings.forward_weight
        return {
            "inverse": (1 - weight) * self.inverse_loss(before, after, transitions.action),
            "forward": weight * self.surprise(before, after, transitions.action),
        }


class ICM(Curious):
    """The error of the forward model in the space of φ. Discrete and continuous actions."""

    Settings: ClassVar[type[BonusSettings]] = ICMSettings
    settings: ICMSettings

    def novelty(self, transitions: Transitions) -> torch.Tensor:
        return self.surprise(*self.embed(transitions), transitions.action)
