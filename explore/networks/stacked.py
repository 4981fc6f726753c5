"""Networks of many independent learners as one module: weights `(learners, in, out)`, one `baddbmm` per layer.

In float32 on the CPU `StackedMLP` is compiled as a whole (`explore.networks.compiled`): small layers of many learners
are dominated by the call overhead of PyTorch's operations.

A learner's initial weights derive from (seed, name of the network, name of the learner), so they do not depend on
the other learners; gradients of a loss summed over learners never mix them.
"""

import math
from collections.abc import Sequence
from typing import Any, TypeGuard

import torch

from explore.encoding.observations import Encoder
from explore.errors import BadInput
from explore.networks.compiled.layers import Inputs, Layers
from explore.networks.compiled.mlp import (
    CompiledLayers,
    CompiledMLP,
    LayerParameters,
    RowGradient,
    inputs_of,
    run_forward,
)
from explore.networks.one_hot import Ints, embedded
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
        self.row_gradient = RowGradient()

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

    compiled: use the compiled passes in float32 on the CPU; everything else uses PyTorch's operations, which are
    also the reference in the tests. A compiled learner's outputs are then the same to the last bit for any other
    learners and any number of threads.
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
        compiled: bool = True,
    ) -> None:
        super().__init__()
        self.compiled = compiled
        self.inputs = inputs
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
        self._arrays = CompiledLayers()
        # A list of their own: to walk through a Sequential takes as long as a small product.
        self._linear = [layer for layer in layers if isinstance(layer, StackedLinear)]
        self._norms = [layer for layer in layers if isinstance(layer, StackedLayerNorm)]

    def forward(self, inputs: torch.Tensor, needed: torch.Tensor | None = None) -> torch.Tensor:
        """Outputs `(learners, batch, outputs)`; where `needed` `(learners, batch)` is False, they may be left out.

        What is left out is 0, and only without gradients. BadInput for an input of another shape.
        """
        if self.compiled and self.can_compile:
            return self._compiled(inputs, needed)
        # `forward` itself: calling a module looks for hooks first, which takes as long as the product of a small layer.
        for layer in self.layers:
            inputs = layer.forward(inputs)
        return inputs

    @property
    def can_compile(self) -> bool:
        """Whether the parameters are where compiled code can work on them: in float32 on the CPU."""
        weight = self._linear[0].weight
        return weight.device.type == "cpu" and weight.dtype == torch.float32

    @property
    def parts(self) -> list[LayerParameters]:
        """The parameters, layer by layer."""
        if not self._norms:
            return [LayerParameters(linear.weight, linear.bias, None, None) for linear in self._linear]
        *hidden, last = self._linear
        parts = [
            LayerParameters(linear.weight, linear.bias, norm.weight, norm.bias)
            for linear, norm in zip(hidden, self._norms, strict=True)
        ]
        return [*parts, LayerParameters(last.weight, last.bias, None, None)]

    def arrays(self) -> Layers:
        """The parameters as arrays on the same memory, for compiled code."""
        return self._arrays.of(self.parts)

    def read(self, rows: torch.Tensor) -> Inputs:
        """An input as compiled code reads it, without gradients; BadInput for an input of another shape."""
        return inputs_of(*self._checked(rows.detach()))

    @property
    def trained_first(self) -> RowGradient | None:
        """Which rows of the first weight ever had a gradient, where its input is codes; None where it is numbers."""
        first = self._linear[0]
        return first.row_gradient if isinstance(first, StackedInput) and first.encoder.categorical else None

    def _checked(self, rows: torch.Tensor) -> tuple[torch.Tensor, Ints | None]:
        """Codes and where their columns begin, or numbers and None."""
        encoder = self.inputs if isinstance(self.inputs, Encoder) else None
        if encoder is not None:
            encoder.check_width(rows)
        if encoder is None or not encoder.categorical:
            rows, encoder = (rows if encoder is None else encoder.features(rows)).float(), None
        learners, inputs = self._linear[0].weight.shape[:2]
        if rows.dim() != 3 or rows.shape[0] != learners or (encoder is None and rows.shape[2] != inputs):
            raise BadInput(
                f"input of shape {tuple(rows.shape)} came to a network of {learners} learners with {inputs} features."
            )
        return rows, None if encoder is None else encoder.starts

    def _compiled(self, rows: torch.Tensor, needed: torch.Tensor | None) -> torch.Tensor:
        rows, starts = self._checked(rows)
        parts = self.parts
        layers = self._arrays.of(parts)
        parameters = [each for part in parts for each in part]
        trained = rows.requires_grad or any(each is not None and each.requires_grad for each in parameters)
        if torch.is_grad_enabled() and trained:
            first = self._linear[0]
            gradient = first.row_gradient if isinstance(first, StackedInput) else RowGradient()
            outputs: torch.Tensor = CompiledMLP.apply(rows, starts, layers, gradient, *parameters)  # type: ignore[no-untyped-call]
            return outputs
        mask = None if needed is None else needed.contiguous().numpy()
        return run_forward(layers, inputs_of(rows, starts), mask)


def compilable(network: torch.nn.Module) -> TypeGuard[StackedMLP]:
    """Whether this is a stacked network that compiled code may work on now."""
    return isinstance(network, StackedMLP) and network.compiled and network.can_compile
