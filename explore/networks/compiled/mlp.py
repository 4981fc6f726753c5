"""The compiled passes as a differentiable PyTorch function; its arrays share the memory of the network's parameters."""

import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch

from explore.encoding.observations import no_such_category
from explore.networks.compiled.backward import backward
from explore.networks.compiled.forward import forward
from explore.networks.compiled.layers import Activations, Flags, Inputs, Layers, new_activations
from explore.networks.one_hot import Floats, Ints
from explore.numerics.threads import blocks, run_blocks

NO_STARTS = np.zeros(1, dtype=np.int64)


class LayerParameters(NamedTuple):
    """The parameters of one layer, learners on the first axis; gain and shift are None where it is not normalised."""

    weight: torch.nn.Parameter
    bias: torch.nn.Parameter
    gain: torch.nn.Parameter | None
    shift: torch.nn.Parameter | None


class RowGradient:
    """The gradient of a first weight whose input is codes; marks: `(learners, features)`, its rows that ever had one.

    Most rows never do: the array is used again in each backward pass, in which only the marked rows are cleared and
    visited.
    """

    def __init__(self) -> None:
        self.marks: Flags = np.zeros((0, 0), dtype=np.bool_)
        self._memory: Floats = np.zeros((0, 0, 0), dtype=np.float32)

    def take(self, weight: torch.Tensor) -> tuple[Floats, Flags]:
        """An array for the gradient, zero in all rows that are not marked, and the marks."""
        self.resize(weight)
        if sys.getrefcount(self._memory) > 2:  # still in use as a gradient, such as that of a second pass
            return np.zeros_like(self._memory), self.marks
        return self._memory, self.marks

    def resize(self, weight: torch.Tensor) -> None:
        """Allocate the arrays anew if the shape of the weight, `(learners, features, outputs)`, has changed."""
        if self._memory.shape != tuple(weight.shape):
            self._memory = np.zeros(tuple(weight.shape), dtype=np.float32)
            self.marks = np.zeros(tuple(weight.shape[:2]), dtype=np.bool_)

    def owns(self, gradient: torch.Tensor) -> bool:
        """Whether this gradient is the array that `take` returned, in which only marked rows differ from zero."""
        return self._memory.size > 0 and gradient.data_ptr() == self._memory.ctypes.data

    def __reduce__(self) -> Any:
        # A copy has an array of zeros of its own, and the marks of the original.
        return RowGradient.marked, (self.marks, self._memory.shape)

    @classmethod
    def marked(cls, marks: Flags, shape: tuple[int, ...]) -> "RowGradient":
        """A zero gradient of this shape with these marks."""
        rows = cls()
        rows.marks, rows._memory = marks, np.zeros(shape, dtype=np.float32)
        return rows


class CompiledLayers:
    """The arrays of layers as views of their parameters, made anew when a parameter has another address in memory."""

    def __init__(self) -> None:
        self._addresses: list[int] = []
        self._layers = Layers((), (), (), ())

    def of(self, parts: Sequence[LayerParameters]) -> Layers:
        """The arrays of these layers."""
        addresses = [each.data_ptr() for part in parts for each in part if each is not None]
        if addresses != self._addresses:
            self._addresses = addresses
            self._layers = arrays_of(parts)
        return self._layers

    def __deepcopy__(self, memo: Any) -> "CompiledLayers":
        return CompiledLayers()

    def __reduce__(self) -> Any:
        return CompiledLayers, ()


def arrays_of(parts: Sequence[Sequence[torch.Tensor | None]]) -> Layers:
    """The arrays of layers given as (weight, bias, gain, shift) each, sharing the tensors' memory."""
    none = np.empty((parts[0][0].shape[0], 1, 0), dtype=np.float32)  # type: ignore[union-attr]
    arrays = [[none if part is None else part.detach().numpy() for part in layer] for layer in parts]
    weight, bias, gain, shift = (tuple(part) for part in zip(*arrays, strict=True))
    return Layers(weight, bias, gain, shift)


def inputs_of(rows: torch.Tensor, starts: Ints | None) -> Inputs:
    """The input of the kernels: `rows` `(learners, batch, …)` as codes, or as numbers where `starts` is None."""
    if starts is None:
        return Inputs(np.empty((*rows.shape[:2], 0), dtype=np.uint8), _array(rows), NO_STARTS)
    codes = (rows if rows.dtype == torch.uint8 else rows.long()).contiguous().numpy()
    return Inputs(codes, np.empty((*rows.shape[:2], 0), dtype=np.float32), starts)


def run_forward(layers: Layers, inputs: Inputs, needed: Flags | None = None) -> torch.Tensor:
    """Outputs `(learners, batch, outputs)`, zero for rows that are not `needed` `(learners, batch)`.

    BadInput for a code that is no category of its column.
    """
    learners, batch = inputs.codes.shape[:2]
    parts = blocks(learners)
    activations = [new_activations(layers, batch) for _ in parts]
    common = np.empty((learners, inputs.codes.shape[2]), dtype=np.int64)
    needed = np.ones((learners, batch), dtype=np.bool_) if needed is None else needed
    values = np.empty((learners, batch, layers.weight[-1].shape[2]), dtype=np.float32)
    if not run_blocks(
        lambda block, start, stop: forward(
            layers, inputs, needed, common, False, activations[block], values, start, stop
        ),
        parts,
    ):
        raise no_such_category()
    return torch.from_numpy(values)


class CompiledMLP(torch.autograd.Function):
    """The network as one differentiable function of its input and its parameters."""

    @staticmethod
    def forward(
        ctx: Any, rows: torch.Tensor, starts: Ints | None, layers: Layers, row_gradient: RowGradient, *parameters: Any
    ) -> torch.Tensor:
        """Outputs `(learners, batch, outputs)`; parameters: weight, bias, gain and shift of each layer in turn."""
        inputs = inputs_of(rows, starts)
        learners, batch = inputs.codes.shape[:2]
        activations = new_activations(layers, learners * batch)
        common = np.empty((learners, inputs.codes.shape[2]), dtype=np.int64)
        values = np.empty((learners, batch, layers.weight[-1].shape[2]), dtype=np.float32)
        needed = np.empty((learners, 0), dtype=np.bool_)
        if not run_blocks(
            lambda block, start, stop: forward(layers, inputs, needed, common, True, activations, values, start, stop),
            blocks(learners),
        ):
            raise no_such_category()
        ctx.save_for_backward(rows, *parameters)  # PyTorch then raises if one is changed in place before the backward
        ctx.kept = (layers, row_gradient, inputs, common, activations)
        return torch.from_numpy(values)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, outputs_gradient: torch.Tensor) -> tuple[Any, ...]:
        """The gradients of the input and of every parameter."""
        _, *parameters = ctx.saved_tensors
        layers, row_gradient, inputs, common, activations = ctx.kept
        gradient, marks = _new_gradient(layers, row_gradient, parameters[0], bool(inputs.codes.shape[2]))
        shape = inputs.numbers.shape if ctx.needs_input_grad[0] else (*inputs.numbers.shape[:2], 0)
        numbers_gradient = np.empty(shape, dtype=np.float32)
        _run_backward(layers, inputs, common, activations, _array(outputs_gradient), gradient, marks, numbers_gradient)
        gradients = [part for layer in zip(*gradient, strict=True) for part in layer]
        parameter_gradients = [
            torch.from_numpy(part) if parameter is not None else None
            for part, parameter in zip(gradients, parameters, strict=True)
        ]
        input_gradient = torch.from_numpy(numbers_gradient) if ctx.needs_input_grad[0] else None
        return (input_gradient, None, None, None, *parameter_gradients)


def _new_gradient(layers: Layers, row_gradient: RowGradient, weight: torch.Tensor, codes: bool) -> tuple[Layers, Flags]:
    """Arrays for the gradient of every parameter, and the marks of the first weight's rows."""
    if codes:
        weight_gradient, marks = row_gradient.take(weight)
    else:
        weight_gradient, marks = np.empty_like(layers.weight[0]), np.empty((len(weight), 0), dtype=np.bool_)
    others = [tuple(np.empty_like(part) for part in parts) for parts in (layers.weight[1:], *layers[1:])]
    return Layers((weight_gradient, *others[0]), others[1], others[2], others[3]), marks


def _run_backward(
    layers: Layers,
    inputs: Inputs,
    common: Ints,
    activations: Activations,
    outputs_gradient: Floats,
    gradient: Layers,
    marks: Flags,
    numbers_gradient: Floats,
) -> None:
    run_blocks(
        lambda block, start, stop: backward(
            layers, inputs, common, activations, outputs_gradient, gradient, marks, numbers_gradient, start, stop
        ),
        blocks(len(outputs_gradient)),
    )


def _array(tensor: torch.Tensor) -> Floats:
    array: Floats = tensor.detach().contiguous().numpy()
    return array
