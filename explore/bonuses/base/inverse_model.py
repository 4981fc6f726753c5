"""Features that keep what the agent can influence: φ is learned by predicting the action from φ(s) and φ(s′).

    L_inverse = loss of g(φ(s), φ(s′)) against a      (Pathak et al. 2017, equations 2–3; also NGU, RIDE and E3B)

What no action changes and what changes by itself (the noisy TV) does not help to predict actions, so φ may drop it.
Actions: categories by cross-entropy, continuous ones as raw vectors by their squared error
(`explore.encoding.actions`).
"""

from typing import ClassVar

import numpy as np
import torch
from pydantic import Field

from explore.bonuses.base.learned import Learned, LearnedSettings
from explore.core.bonus import BonusSettings
from explore.core.transitions import Transitions
from explore.encoding.actions import ActionEncoder
from explore.encoding.observations import no_such_category
from explore.networks.compiled.action_models import Models, ModelWorkspaces, Samples, train
from explore.networks.compiled.adam import adam_settings
from explore.networks.compiled.training import Workspaces
from explore.networks.stacked import StackedMLP, compilable
from explore.numerics.threads import blocks, run_blocks


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
        self._workspaces = Workspaces(), Workspaces(), Workspaces()

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

    def compiled_steps(self, transitions: Transitions, batches: int) -> dict[str, torch.Tensor] | None:
        if not self.keeps(InverseFeatures, "embed", "inverse_loss", "losses"):
            return None
        losses = self.step_models(transitions, None, 0.0, batches)
        return None if losses is None else {"inverse": losses[0]}

    def step_models(
        self, transitions: Transitions, forward_model: StackedMLP | None, weight: float, batches: int
    ) -> tuple[torch.Tensor, torch.Tensor] | None:
        """Compiled steps on (1 − weight) L_inverse + weight · L_forward, one from each of `batches` equal parts.

        Returns both terms before the last, `(learners,)` each; None where it cannot be. Without a forward model the
        loss is L_inverse.
        """
        embedding, inverse, optimiser = self.embedding, self.inverse, self.optimiser
        if not (optimiser.compiled and compilable(embedding) and compilable(inverse)):
            return None
        if not compilable(forward_model or inverse):
            return None
        samples = self.samples(transitions, embedding)
        (of_embedding, times), (of_inverse, _) = (optimiser.trained(each, batches) for each in (embedding, inverse))
        of_forward = of_inverse if forward_model is None else optimiser.trained(forward_model, batches)[0]
        models = Models(of_embedding, of_inverse, of_forward)
        rule, share = adam_settings(self.optimiser), -1.0 if forward_model is None else float(weight)
        learners, batch = samples.valid.shape[0], samples.valid.shape[1] // batches
        parts = blocks(learners)
        workspaces = [
            each.take(model.layers, len(parts), rows)
            for each, model, rows in zip(self._workspaces, models, (2 * batch, batch, batch), strict=True)
        ]
        losses = np.empty((2, learners), dtype=np.float32)

        def kernel(block: int, start: int, stop: int) -> bool:
            of_block = ModelWorkspaces(*(each[block] for each in workspaces))
            return train(models, samples, batches, share, rule, times, of_block, losses, start, stop)

        if not run_blocks(kernel, parts):
            raise no_such_category()
        return torch.from_numpy(losses[0]), torch.from_numpy(losses[1])

    def samples(self, transitions: Transitions, embedding: StackedMLP) -> Samples:
        """Transitions as compiled code reads them, with φ's network; BadInput for actions outside their space."""
        both = self.normalizer(torch.cat([transitions.observation, transitions.next_observation], dim=1))
        actions = self.actions.features(transitions.action).contiguous().numpy()
        groups = np.array(self.actions.categories, dtype=np.int64)
        return Samples(embedding.read(both), actions, groups, np.ascontiguousarray(transitions.mask.numpy()))
