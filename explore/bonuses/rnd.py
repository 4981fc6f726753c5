"""RND, random network distillation: the novelty is the error of a trained network in predicting a fixed random one.

    b(s′) = ‖f̂(s′) − f(s′)‖² / σ      (Burda et al. 2018, "Exploration by random network distillation", 2.2–2.4)

f is a fixed random network, f̂ learns to say the same; σ is the running deviation of the discounted, non-episodic
return of the errors, which are not centred. Observations are whitened and clipped to ±5 (`observation_normalizer`).

From the paper: f̂ has two layers more than f, both end in the same number of features, Adam with 1e-4, normalisation by
a return of discount 0.99, and training on a `share` of each batch where many environments make the batches large
(there: 1 at 32 environments). Layers of 128 and 64 features instead of convolutions and 512 are a choice for small
observations; β is Count's, far below the paper's weights of 1 for the bonus against 2 for the reward (β = 0.5).
"""

from typing import ClassVar, Literal

import torch
from pydantic import Field

from explore.bonuses.base.distillation import Distillation
from explore.bonuses.base.learned import Learned, LearnedSettings
from explore.core.bonus import BonusSettings
from explore.core.transitions import Transitions


class RNDSettings(LearnedSettings):
    """Settings of `rnd`."""

    learns_from: Literal["new", "drawn"] = Field("new", description="what networks are trained on")


class RND(Learned):
    """The error of predicting a fixed random network at the true successor; any observation space."""

    Settings: ClassVar[type[BonusSettings]] = RNDSettings
    settings: RNDSettings

    def build(self) -> None:
        s = self.settings
        self.distillation = Distillation(self.normalizer, s.hidden, s.features, name="rnd", **self.common)

    def novelty(self, transitions: Transitions) -> torch.Tensor:
        error: torch.Tensor = self.distillation(self.normalizer(transitions.next_observation))
        return error

    def losses(self, transitions: Transitions) -> dict[str, torch.Tensor]:
        return {"distillation": self.novelty(transitions)}
