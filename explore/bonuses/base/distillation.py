"""Random network distillation: the squared error of a trained network in predicting a fixed random one.

    ‖f̂(x) − f(x)‖²      (Burda et al. 2018, "Exploration by random network distillation", section 2.2)

f̂ has two layers more than f, and both end in the same number of features, as in the paper. `rnd`, `noveld` and `ngu`
build on it.
"""

from typing import Any

import torch

from explore.bonuses.base.observation_normalizer import ObservationNormalizer


class Distillation(torch.nn.Module):
    """The fixed random network f and the trained f̂, which read what `normalizer` gives."""

    def __init__(
        self, normalizer: ObservationNormalizer, hidden: int, features: int, *, name: str, **common: Any
    ) -> None:
        super().__init__()
        self.target = normalizer.network((hidden,), features, name=f"{name}/target", **common).requires_grad_(False)
        self.predictor = normalizer.network((hidden, hidden, hidden), features, name=f"{name}/predictor", **common)

    def forward(self, inputs: torch.Tensor, needed: torch.Tensor | None = None) -> torch.Tensor:
        """‖f̂ − f‖², `(learners, batch)`; where `needed` is False, it may be left out."""
        error: torch.Tensor = (self.predictor(inputs, needed) - self.target(inputs, needed)).square().sum(-1)
        return error
