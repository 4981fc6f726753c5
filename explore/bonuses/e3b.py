"""E3B, episodic bonuses over ellipsoids: an episodic visit count generalised to continuous features.

    b(s′) = φ(s′)ᵀ C⁻¹ φ(s′),   C = λI + Σ φφᵀ over the episode before s′
    (Henaff et al. 2022, "Exploration via elliptical episodic bonuses", equation 2, algorithm 1)

φ is learned by the inverse model. With one-hot φ the bonus is 1/(λ + n), n the visits of the episode. C⁻¹ is
updated with each point by the rank-one formula of Sherman & Morrison, in double precision, and reset at each episode:

    u = C⁻¹φ,   C⁻¹ ← C⁻¹ − u uᵀ/(1 + φᵀu)

The replay stores φᵀC⁻¹φ as the episodic factor. It is all the novelty there is, so it is divided by its running mean.
From the paper: λ = 0.1; it divides by a running deviation (`scale=rnd`). One hidden layer of 128 and 64 features are a
choice for small observations, Adam with 1e-3 and training on drawn batches are ICM's, β Count's.
"""

from typing import ClassVar

import torch
from pydantic import Field

from explore.bonuses.base.inverse_model import InverseFeatures, InverseSettings
from explore.core.bonus import BonusSettings
from explore.core.transitions import Transitions


class E3BSettings(InverseSettings):
    """Settings of `e3b`."""

    first_visit: bool = Field(False, description="pay only on the first arrival of an episode")
    ridge: float = Field(0.1, gt=0, description="λ; every episode starts with C = λI")


class E3B(InverseFeatures):
    """The elliptical norm φᵀC⁻¹φ of an arrival in its episode. Discrete and continuous actions; else BadInput."""

    Settings: ClassVar[type[BonusSettings]] = E3BSettings
    settings: E3BSettings
    precision: torch.Tensor  # (learners, envs, features, features), C⁻¹

    def build(self) -> None:
        super().build()
        start = torch.eye(self.settings.features, dtype=torch.float64) / self.settings.ridge
        self.register_buffer("precision", start.repeat(self.learners, self.envs, 1, 1))

    def novelty(self, transitions: Transitions) -> torch.Tensor:
        return torch.ones_like(transitions.reward)

    def score_terms(
        self, transitions: Transitions, episodic: torch.Tensor | None
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        # The episodic factor is the whole novelty, so it is what is divided by the running mean.
        return (self.novelty(transitions) if episodic is None else episodic), None

    def episodic_factor(self, transitions: Transitions) -> torch.Tensor:
        before, after = self.embed(transitions)
        starting = self.starting(transitions)
        if starting.any():
            start = torch.eye(before.shape[-1], dtype=torch.float64, device=before.device) / self.settings.ridge
            self.precision[starting] = start
            self._take_in(before, starting)
        return self._take_in(after, transitions.mask).float()

    def _take_in(self, points: torch.Tensor, slots: torch.Tensor) -> torch.Tensor:
        """φᵀC⁻¹φ for one point per slot, `(learners, envs)`; then φφᵀ is added to C where `slots`."""
        point = points.double().unsqueeze(-1)
        turned = self.precision @ point
        length = (point * turned).sum((-2, -1))
        share = torch.where(slots, 1 / (1 + length), 0.0)
        # The root of the share on either side, so that C⁻¹ stays symmetric to the last bit.
        turned = (turned * share.sqrt()[..., None, None]).flatten(0, 1)
        self.precision.flatten(0, 1).baddbmm_(turned, turned.mT, alpha=-1)
        return length
