"""Features learned from two predictions: of the action (inverse model) and of the successor's features (forward model).

    L = (1 − w) L_inverse + w · ½‖f(φ(s), a) − φ(s′)‖²,   w = 0.2
    (Pathak et al. 2017, "Curiosity-driven exploration by self-supervised prediction", equations 2–7)

Both losses reach φ, as in the authors' code. `icm` and `ride` build on it.
"""

from typing import ClassVar

import numpy as np
import torch
from pydantic import Field

from explore.bonuses.base.inverse_model import InverseFeatures, InverseSettings
from explore.core.bonus import BonusSettings
from explore.core.transitions import Transitions
from explore.encoding.observations import no_such_category
from explore.networks.compiled.action_models import forward_errors
from explore.networks.stacked import StackedMLP, compilable
from explore.numerics.threads import blocks, run_blocks


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

    def prediction_error(self, transitions: Transitions) -> torch.Tensor:
        """½‖f(φ(s), a) − φ(s′)‖², `(learners, batch)`, of rows that are transitions; compiled where it can be."""
        embedding, model = self.embedding, self.forward_model
        as_written = not self.keeps(ForwardModelBonus, "embed", "forward_error")
        if torch.is_grad_enabled() or as_written or not (compilable(embedding) and compilable(model)):
            return self.forward_error(*self.embed(transitions), transitions.action, transitions.valid)
        samples = self.samples(transitions, embedding)
        layers, of_model = embedding.arrays(), model.arrays()
        learners, batch = samples.valid.shape
        parts = blocks(learners)
        of_embedding = self._workspaces[0].take(layers, len(parts), 2 * batch)
        of_forward = self._workspaces[2].take(of_model, len(parts), batch)
        errors = np.empty((learners, batch), dtype=np.float32)
        if not run_blocks(
            lambda block, start, stop: forward_errors(
                layers,
                of_model,
                samples,
                of_embedding[block].activations,
                of_forward[block].activations,
                errors,
                start,
                stop,
            ),
            parts,
        ):
            raise no_such_category()
        return torch.from_numpy(errors)

    def compiled_steps(self, transitions: Transitions, batches: int) -> dict[str, torch.Tensor] | None:
        if not self.keeps(ForwardModelBonus, "embed", "inverse_loss", "forward_error", "losses"):
            return None
        losses = self.step_models(transitions, self.forward_model, self.settings.forward_weight, batches)
        return None if losses is None else {"inverse": losses[0], "forward": losses[1]}

    def losses(self, transitions: Transitions) -> dict[str, torch.Tensor]:
        before, after = self.embed(transitions)
        weight = self.settings.forward_weight
        return {
            "inverse": (1 - weight) * self.inverse_loss(before, after, transitions.action),
            "forward": weight * self.forward_error(before, after, transitions.action),
        }
