"""Random network distillation: the squared error of a trained network in predicting a fixed random one.

    ‖f̂(x) − f(x)‖²      (Burda et al. 2018, "Exploration by random network distillation", section 2.2)

f̂ has two layers more than f, and both end in the same number of features, as in the paper. `rnd`, `noveld` and `ngu`
build on it.
"""

from typing import Any

import numpy as np
import torch

from explore.bonuses.base.observation_normalizer import ObservationNormalizer
from explore.encoding.observations import no_such_category
from explore.networks.adam import StackedAdam
from explore.networks.compiled.adam import AdamSettings, adam_settings
from explore.networks.compiled.distillation import distil
from explore.networks.compiled.layers import Inputs, Layers
from explore.networks.compiled.training import TrainingState, Workspaces
from explore.networks.stacked import compilable
from explore.numerics.threads import blocks, run_blocks

NO_ADAM = AdamSettings(0.0, 0.0, 0.0, 0.0)


class Distillation(torch.nn.Module):
    """The fixed random network f and the trained f̂, which read what `normalizer` gives."""

    def __init__(
        self, normalizer: ObservationNormalizer, hidden: int, features: int, *, name: str, **common: Any
    ) -> None:
        super().__init__()
        self.target = normalizer.network((hidden,), features, name=f"{name}/target", **common).requires_grad_(False)
        self.predictor = normalizer.network((hidden, hidden, hidden), features, name=f"{name}/predictor", **common)
        self._workspaces = Workspaces(), Workspaces()

    def forward(self, inputs: torch.Tensor, needed: torch.Tensor | None = None) -> torch.Tensor:
        """‖f̂ − f‖², `(learners, batch)`; where `needed` is False, it may be left out, and is 0.

        In one compiled call in float32 on the CPU, where no gradient is asked for.
        """
        predictor, target = self.predictor, self.target
        if not torch.is_grad_enabled() and compilable(predictor) and compilable(target):
            layers = predictor.arrays()
            none = np.empty((len(layers.weight[0]), 0), dtype=np.bool_)
            trained = TrainingState(layers, layers, layers, none)
            return self._run(trained, target.arrays(), predictor.read(inputs), needed, None, 0)[0]
        error: torch.Tensor = (self.predictor(inputs, needed) - self.target(inputs, needed)).square().sum(-1)
        return error

    def compiled_steps(
        self, inputs: torch.Tensor, valid: torch.Tensor | None, optimiser: StackedAdam, batches: int = 1
    ) -> tuple[torch.Tensor, torch.Tensor] | None:
        """A step of Adam on the mean error of the valid rows of each of `batches` equal parts; None where it cannot be.

        Compiled. Returns the errors of each row before its step, `(learners, batch)`, 0 for rows that are not valid,
        and their mean over the last part, `(learners,)`.
        """
        predictor, target = self.predictor, self.target
        if not (optimiser.compiled and compilable(predictor) and compilable(target)):
            return None
        trained, times = optimiser.trained(predictor, batches)
        read = predictor.read(inputs)
        return self._run(trained, target.arrays(), read, valid, adam_settings(optimiser), times, batches)

    def _run(
        self,
        trained: TrainingState,
        target: Layers,
        read: Inputs,
        valid: torch.Tensor | None,
        rule: AdamSettings | None,
        times: int,
        batches: int = 1,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Errors and losses; without a rule nothing is learned. BadInput for a code that its column does not have."""
        learners, batch = read.codes.shape[:2]
        flags = np.ones((learners, batch), dtype=np.bool_) if valid is None else valid.contiguous().numpy()
        errors, losses = np.empty((learners, batch), np.float32), np.zeros(learners, np.float32)
        parts = blocks(learners)
        ours, of_target = (
            each.take(layers, len(parts), batch // batches)
            for each, layers in zip(self._workspaces, (trained.layers, target), strict=True)
        )
        learning, settings = rule is not None, rule or NO_ADAM

        def kernel(block: int, start: int, stop: int) -> bool:
            workspace, other = ours[block], of_target[block].activations
            return distil(
                trained,
                target,
                read,
                flags,
                batches,
                learning,
                settings,
                times,
                workspace,
                other,
                errors,
                losses,
                start,
                stop,
            )

        if not run_blocks(kernel, parts):
            raise no_such_category()
        return torch.from_numpy(errors), torch.from_numpy(losses)
