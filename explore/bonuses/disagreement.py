"""Disagreement: the variance of the predictions of several forward models, trained on the same experience.

    b(s, a) = E_k ‖f_k(φ(s), a) − E_k f_k(φ(s), a)‖²      loss Σ_k ½‖f_k(φ(s), a) − φ(s′)‖²
    (Pathak et al. 2019, "Self-supervised exploration via disagreement", equation 1)

φ is a fixed random network. All models learn to predict pure noise by its mean, so that its bonus vanishes, while the
error of a single model (ICM) never does. The bonus does not depend on s′. Actions may be discrete or continuous.

From the paper: five models, Adam with 1e-4. Each learns from its own random `share` of a batch, a choice near the
paper's sampling with replacement that keeps the models apart by their data too. One hidden layer of 128 and 64 features
are a choice for small observations; β is Count's. Training on drawn batches is what ICM's forward model needs (measured
there, not here).
"""

from typing import ClassVar

import torch
from pydantic import Field

from explore.bonuses.base.learned import Learned, LearnedSettings
from explore.core.bonus import BonusSettings
from explore.core.transitions import Transitions
from explore.encoding.actions import ActionEncoder
from explore.networks.stacked import StackedMLP
from explore.numerics.streams import Streams


class DisagreementSettings(LearnedSettings):
    """Settings of `disagreement`."""

    models: int = Field(5, ge=2, description="forward models")
    share: float = Field(0.8, gt=0, le=1, description="share of each batch that a model is trained on")


class Disagreement(Learned):
    """The variance of what several forward models predict. Discrete and continuous actions; else BadInput."""

    Settings: ClassVar[type[BonusSettings]] = DisagreementSettings
    settings: DisagreementSettings

    def build(self) -> None:
        s = self.settings
        self.actions = ActionEncoder(self.action_space)
        self.embedding = self.normalizer.network((s.hidden,), s.features, name="embedding", **self.common)
        self.embedding.requires_grad_(False)
        # The models of all learners stand on one axis, learner by learner, each with a stream of its own.
        names = [name * s.models + model for name in self.names for model in range(s.models)]
        read = s.features + self.actions.size
        self.ensemble = StackedMLP(read, (s.hidden,), s.features, seed=self.seed, name="ensemble", learners=names)
        self.draws = Streams(self.seed, "disagreement/share", self.names)

    def predict(self, transitions: Transitions) -> torch.Tensor:
        """Each model's prediction of φ(s′), `(learners, models, batch, features)`."""
        code = self.actions.features(transitions.action)
        valid, models = transitions.valid, self.settings.models
        read = torch.cat([self.embedding(self.normalizer(transitions.observation), valid), code], dim=-1)
        needed = None if valid is None else valid.repeat_interleave(models, dim=0)
        predicted: torch.Tensor = self.ensemble(read.repeat_interleave(models, dim=0), needed)
        return predicted.view(self.learners, self.settings.models, *predicted.shape[1:])

    def novelty(self, transitions: Transitions) -> torch.Tensor:
        # Over all models, not all but one: the equation's expectation.
        spread: torch.Tensor = self.predict(transitions).var(1, correction=0).sum(-1)
        return spread

    def losses(self, transitions: Transitions) -> dict[str, torch.Tensor]:
        target = self.embedding(self.normalizer(transitions.next_observation), transitions.valid).unsqueeze(1)
        errors = (self.predict(transitions) - target).square().sum(-1) / 2
        drawn = self.draws.uniform(*errors.shape[1:]).to(errors.device) < self.settings.share
        return {"forward": (errors * drawn).sum(1)}
