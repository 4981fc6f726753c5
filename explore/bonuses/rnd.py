"""RND, random network distillation: the error of a trained network in predicting a fixed random one.

    b(s′) = ‖f̂(s′) − f(s′)‖²      (Burda et al. 2018, "Exploration by random network distillation", sections 2.2–2.4)

f is a fixed random network, f̂ is trained to predict it. Observations are whitened and clipped to ±5
(`observation_normalizer`).

From the paper: f̂ has two layers more than f, both end in the same number of features, Adam with 1e-4. Layers of 128 and
64 features instead of convolutions and 512 are a choice for small observations.

Measured on MiniGrid-DoorKey-8x8 with the two-headed DQN, six learners, return of the exploiting policy after 105,000
steps: trained on each new transition once .97 .97 .96 .96 .94 .92, on the drawn batches .92 .91 .83 .37 0 0; and with
the deviation of the return for a scale, as published (`scale=rnd,first_visit=false,learns_from=drawn`), 0 for ten of
ten learners after 150,000. β = 0.02 is far below the paper's weights of 1 for the bonus against 2 for the reward.
"""

from typing import ClassVar, Literal

import torch
from pydantic import Field

from explore.bonuses.base.distillation import Distillation
from explore.bonuses.base.learned import Learned, LearnedSettings
from explore.core.bonus import BonusSettings, ScoreTerms
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
        error: torch.Tensor = self.distillation(self.normalizer(transitions.next_observation), transitions.valid)
        return error

    def losses(self, transitions: Transitions) -> dict[str, torch.Tensor]:
        return {"distillation": self.novelty(transitions)}

    def score_and_train(
        self, transitions: Transitions, episodic: torch.Tensor
    ) -> tuple[ScoreTerms | None, dict[str, torch.Tensor]]:
        # The errors that are scored are those that the predictor learns from.
        step = self._step(transitions) if self.keeps(RND, "score_terms", "train_step") else None
        if step is None:
            return super().score_and_train(transitions, episodic)
        errors, loss = step
        return (errors, episodic), {"distillation": loss}

    def compiled_steps(self, transitions: Transitions, batches: int) -> dict[str, torch.Tensor] | None:
        step = self._step(transitions, batches)
        return None if step is None else {"distillation": step[1]}

    def _step(self, transitions: Transitions, batches: int = 1) -> tuple[torch.Tensor, torch.Tensor] | None:
        if not self.keeps(RND, "novelty", "losses"):
            return None
        inputs = self.normalizer(transitions.next_observation)
        return self.distillation.compiled_steps(inputs, transitions.valid, self.optimiser, batches)
