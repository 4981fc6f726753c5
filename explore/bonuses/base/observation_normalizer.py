"""The input of a bonus's networks: numbers are whitened and clipped, categories stay one-hot.

    x ← clip((x − μ)/σ, ±5)      (Burda et al. 2018, "Exploration by random network distillation", section 2.4)

μ and σ run over everything that the learner observed. A fixed random network cannot adapt to the scale of its input, so
without whitening its output may be almost the same for every observation. Whitening a category that is hardly ever set
would turn it into a very large number, so categories stay zeros and ones.
"""

from typing import Any

import torch

from explore.core.transitions import Transitions
from explore.encoding.observations import Encoder
from explore.networks.convolution import PictureNetwork, StackedConvolutions, depth
from explore.networks.per_learner import NetworkFactory, PerLearner
from explore.networks.stacked import StackedMLP
from explore.numerics.moments import RunningMoments

LIMIT = 5.0  # standard deviations, from the paper


class ObservationNormalizer(torch.nn.Module):
    """From encoded rows to what a network made by `network` reads, per learner.

    factory: makes the user's own modules in place of the networks here (`explore.networks.per_learner`).
    """

    def __init__(self, encoder: Encoder, learners: int, factory: NetworkFactory | None = None) -> None:
        super().__init__()
        self.encoder = encoder
        self.factory = factory
        self.number_features = encoder.number_features
        self.every = len(self.number_features) == encoder.size  # all features are numbers
        self.moments = RunningMoments(learners, len(self.number_features)) if len(self.number_features) else None

    def observe(self, transitions: Transitions, starting: torch.Tensor) -> None:
        """Take in one step, `(learners, envs)`: its successors, and s too where the episode is `starting`."""
        if self.moments is not None:
            if starting.any():
                self.update(transitions.observation, starting)
            self.update(transitions.next_observation, transitions.mask)

    @torch.no_grad()
    def update(self, rows: torch.Tensor, valid: torch.Tensor | None = None) -> None:
        """Take in what was observed, `(learners, envs, width)`; `valid` `(learners, envs)` leaves rows out."""
        if self.moments is not None:
            features = self.encoder.features(rows)
            self.moments.update(features if self.every else features[..., self.number_features], valid)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Rows `(learners, batch, width)` to the input of the networks; rows of categories alone stay rows."""
        if self.moments is None:
            return rows if self.factory is None else self.encoder.features(rows)
        features = self.encoder.features(rows)
        if self.every:
            return self.moments.whiten(features, LIMIT)
        features[..., self.number_features] = self.moments.whiten(features[..., self.number_features], LIMIT)
        return features

    def network(self, hidden: tuple[int, ...], outputs: int, **common: Any) -> torch.nn.Module:
        """A stacked network that reads what `forward` gives; `common` as `StackedMLP` takes it.

        Pictures go through convolutions first (`explore.networks.convolution`). It is called with its input, and with
        `needed`, `(learners, batch)` bool, where the outputs of some rows may be left out.
        """
        if self.factory is not None:
            return PerLearner(self.factory, self.encoder.space, outputs, **common)
        picture = self.encoder.image_shape
        if picture is not None and depth(*picture[:2]):
            eyes = StackedConvolutions(picture, channels_first=self.encoder.channels_first, **common)
            return PictureNetwork(eyes, StackedMLP(eyes.outputs, hidden, outputs, **common))
        return StackedMLP(self.encoder if self.moments is None else self.encoder.size, hidden, outputs, **common)
