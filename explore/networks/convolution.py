"""Convolutions of many independent learners as one: the encoder of a bonus whose observations are images.

    x ← relu(W_l * x + b_l),   3 × 3, 32 filters, stride 2, padding 1
    (the encoder of Pathak et al. 2017, "Curiosity-driven exploration by self-supervised prediction", 4.1: four such
    layers on 42 × 42 pixels, there with ELU)

A layer halves height and width. There are as many as it takes to bring the shorter side to four pixels, at most four:
84 pixels end as 6, MiniGrid's view of 7 as 4.

All learners go through one grouped convolution: learner l's channels are group l, weights `(learners·filters, channels,
3, 3)`. As in `explore.networks.stacked`, initial weights derive from (seed, name of the network, name of the learner)
and are uniform in ±1/√inputs, so that a learner does not depend on the others.
"""

import math
from collections.abc import Sequence

import torch

from explore.numerics.seeding import stream

FILTERS = 32
SMALLEST = 4  # pixels, of the shorter side, that are not halved any more
DEEPEST = 4


def depth(height: int, width: int) -> int:
    """The number of layers for an image of this size; 0 for one that is too small for any."""
    shorter, layers = min(height, width), 0
    while shorter > SMALLEST and layers < DEEPEST:
        shorter, layers = -(-shorter // 2), layers + 1
    return layers


class StackedConvolutions(torch.nn.Module):
    """Images `(learners, batch, height·width·channels)` to features `(learners, batch, outputs)`.

    shape: height, width, channels; `channels_first` where a flattened image runs over its channels first.
    """

    def __init__(
        self,
        shape: tuple[int, int, int],
        *,
        seed: int,
        name: str,
        learners: Sequence[int],
        channels_first: bool = False,
    ) -> None:
        super().__init__()
        height, width, channels = shape
        self.shape = shape
        self.channels_first = channels_first
        self.learners = len(learners)
        self.weights = torch.nn.ParameterList()
        self.biases = torch.nn.ParameterList()
        for layer in range(depth(height, width)):
            size = (FILTERS, channels, 3, 3)
            drawn = [stream(seed, f"{name}/convolution/{layer}", one).random(size, dtype="float32") for one in learners]
            limit = 1 / math.sqrt(9 * channels)
            self.weights.append((torch.cat([torch.from_numpy(part) for part in drawn]) * 2 - 1) * limit)
            self.biases.append(torch.zeros(self.learners * FILTERS))
            height, width, channels = -(-height // 2), -(-width // 2), FILTERS
        self.outputs = height * width * channels

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        height, width, channels = self.shape
        batch = images.shape[1]
        if self.channels_first:
            planes = images.view(self.learners, batch, channels, height, width).transpose(0, 1)
        else:
            planes = images.view(self.learners, batch, height, width, channels).permute(1, 0, 4, 2, 3)
        planes = planes.reshape(batch, self.learners * channels, height, width)
        for weight, bias in zip(self.weights, self.biases, strict=True):
            planes = torch.relu(
                torch.nn.functional.conv2d(planes, weight, bias, stride=2, padding=1, groups=self.learners)
            )
        # Not a view: the convolution chooses the memory layout of its result.
        return planes.reshape(batch, self.learners, -1).transpose(0, 1)


class PictureNetwork(torch.nn.Sequential):
    """Convolutions and what follows them, as one network of which some outputs may be left out."""

    def forward(self, pictures: torch.Tensor, needed: torch.Tensor | None = None) -> torch.Tensor:
        """The outputs of all rows, whether `needed` or not."""
        outputs: torch.Tensor = super().forward(pictures)  # type: ignore[no-untyped-call]
        return outputs
