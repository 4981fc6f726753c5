"""Networks of many independent learners as one module: weights `(learners, in, out)`, one `baddbmm` per layer.

A learner's initial weights derive from (seed, name of the network, name of the learner), so they are the same alone
and in company; gradients of a loss summed over learners never mix them.
"""

import math
from collections.abc import Sequence
from typing import Any

import torch

from explore.encoding.observations import Encoder
from explore.errors import BadInput
from explore.networks.one_hot import embedded
from explore.numerics.seeding import stream

MOST_FEATURES = 2**22  # of an observation: 2 GiB of weights into 128 units


class StackedLinear(torch.nn.Module):
    """`y = x W + b` per learner: `(learners, batch, inputs)` to `(learners, batch, outputs)`.

    Weights start uniform in ±gain/√inputs (He et al. 2015 with PyTorch's default slope gives gain 1), biases zero.
    """

    def __init__(
        self, inputs: int, outputs: int, *, seed: int, name: str, learners: Sequence[int], gain: float = 1.0
    ) -> None:
        super().__init__()
        limit = gain / math.sqrt(inputs)
        weights = [
            torch.from_numpy(stream(seed, name, learner).random((inputs, outputs), dtype="float32"))
            for learner in learners
        ]
        self.weight = torch.nn.Parameter((torch.stack(weights) * 2 - 1) * limit)
        self.bias = torch.nn.Parameter(torch.zeros(len(learners), 1, outputs))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return torch.baddbmm(self.bias, inputs, self.weight)


class StackedInput(StackedLinear):
    """A first layer whose input is encoded rows, `(learners, batch, width)`: `features(rows) W + b`.

    Rows of categories alone pick rows of W to sum, and the one-hot features are never built
    (`explore.networks.one_hot`).
    """

    def __init__(self, encoder: Encoder, outputs: int, *, seed: int, name: str, learners: Sequence[int]) -> None:
        if encoder.size > MOST_FEATURES:
            raise BadInput(
                f"an observation of {encoder.space} has {encoder.size} features, of which networks read at most "
                f"{MOST_FEATURES}: describe it by a Box, or use a bonus that counts."
            )
        super().__init__(encoder.size, outputs, seed=seed, name=name, learners=learners)
        self.encoder = encoder

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        if self.encoder.categorical:
            return embedded(self.encoder, rows, self.weight, self.bias)
        return super().forward(self.encoder.features(rows))


class StackedLayerNorm(torch.nn.Module):
    """Layer normalisation (Ba et al. 2016) over features, with gain and bias per learner."""

    def __init__(self, features: int, learners: int) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(learners, 1, features))
        self.bias = torch.nn.Parameter(torch.zeros(learners, 1, features))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        normalised = torch.nn.functional.layer_norm(inputs, inputs.shape[-1:])
        return torch.addcmul(self.bias, normalised, self.weight)


class StackedMLP(torch.nn.Module):
    """Hidden layers of the given widths with ReLU, LayerNorm before each ReLU if `norm`, and a linear last layer.

    `(learners, batch, inputs)` to `(learners, batch, outputs)`; `last_gain` scales the last layer's initial weights.
    With an `Encoder` for `inputs` the input is that encoder's rows, `(learners, batch, width)`.
    """

    def __init__(
        self,
        inputs: int | Encoder,
        hidden: Sequence[int],
        outputs: int,
        *,
        seed: int,
        name: str,
        learners: Sequence[int],
        norm: bool = False,
        last_gain: float = 1.0,
    ) -> None:
        super().__init__()
        layers: list[torch.nn.Module] = []
        width = inputs
        for depth, features in enumerate(hidden):
            common: dict[str, Any] = {"seed": seed, "name": f"{name}/{depth}", "learners": learners}
            if isinstance(width, Encoder):
                layers.append(StackedInput(width, features, **common))
            else:
                layers.append(StackedLinear(width, features, **common))
            if norm:
                layers.append(StackedLayerNorm(features, len(learners)))
            layers.append(torch.nn.ReLU())
            width = features
        assert not isinstance(width, Encoder), "an encoder needs at least one hidden layer"
        layers.append(StackedLinear(width, outputs, seed=seed, name=f"{name}/last", learners=learners, gain=last_gain))
        self.layers = torch.nn.Sequential(*layers)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        # `forward` itself: calling a module looks for hooks first, which takes as long as the product of a small layer.
        for layer in self.layers:
            inputs = layer.forward(inputs)
        return inputs
