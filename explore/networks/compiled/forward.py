"""The forward pass of a multi-layer perceptron, compiled, learner by learner.

first layer    z = b + Σ_column W[start + code]     (`explore.networks.one_hot`), or x W + b of numbers
hidden layer   z = x W + b
either         n = (z − mean z)/√(var z + 10⁻⁵),  x = max(0, g·n + s)     (LayerNorm, Ba et al. 2016; ReLU)
outputs        y = x W + b
"""

from typing import NamedTuple

import numpy as np

from explore.networks.compiled.layers import Activations, Flags, Inputs, Layers, LearnerInputs, network_part
from explore.networks.compiled.products import product
from explore.networks.one_hot import Codes, Floats, Ints, most_common_codes, sum_rows_of_learner
from explore.numerics.compiled import compiled

NORM_EPSILON = 1e-5  # torch.nn.functional.layer_norm's


class FirstLayerWorkspace(NamedTuple):
    """Buffers of `sum_rows_of_learner`: present `(features,)`, change `(features + 1, outputs)`.

    none: a bias of zeros, `(outputs,)`.
    """

    present: Flags
    change: Floats
    none: Floats


@network_part
def first_layer_workspace(layers: Layers) -> FirstLayerWorkspace:
    """New buffers for the first layer of one learner."""
    features, outputs = layers.weight[0].shape[1:]
    return FirstLayerWorkspace(
        np.empty(features, dtype=np.bool_),
        np.empty((features + 1, outputs), dtype=np.float32),
        np.zeros(outputs, dtype=np.float32),
    )


@network_part
def normalise(linear: Floats, active: Floats, inverse: Floats, bias: Floats, gain: Floats, shift: Floats) -> None:
    """Bias, LayerNorm if `gain` is not empty, and ReLU, row by row, from z in `linear`; arrays as in `Activations`."""
    rows, width = linear.shape
    for row in range(rows):
        z, x = linear[row], active[row]
        if len(gain):
            total = np.float32(0.0)
            for j in range(width):
                z[j] += bias[j]
                total += z[j]
            mean = total / np.float32(width)
            squares = np.float32(0.0)
            for j in range(width):
                z[j] -= mean
                squares += z[j] * z[j]
            scale = np.float32(1.0) / np.sqrt(squares / np.float32(width) + np.float32(NORM_EPSILON))
            inverse[row] = scale
            for j in range(width):
                z[j] *= scale
                x[j] = max(z[j] * gain[j] + shift[j], np.float32(0.0))
        else:
            for j in range(width):
                x[j] = max(z[j] + bias[j], np.float32(0.0))


@network_part
def forward_learner(
    layers: Layers,
    learner: int,
    inputs: LearnerInputs,
    work: FirstLayerWorkspace,
    activations: Activations,
    first: int,
    values: Floats,
) -> None:
    """Write the outputs of one learner's rows into `values` `(rows, outputs)`.

    first: the first row of `activations` to write to.
    """
    codes, numbers, starts, common = inputs
    rows, depth = len(values), len(layers.weight) - 1
    last = first + rows
    for k in range(depth):
        linear = activations.linear[k][first:last]
        if k:
            product(activations.active[k - 1][first:last], layers.weight[k][learner], linear)
        elif codes.shape[1]:  # without the bias, which `normalise` adds
            sum_rows_of_learner(
                codes, starts, common, layers.weight[0][learner], work.none, work.present, work.change, linear
            )
        else:
            product(numbers, layers.weight[0][learner], linear)
        gain, shift = layers.gain[k][learner, 0], layers.shift[k][learner, 0]
        bias, inverse = layers.bias[k][learner, 0], activations.inverse[k][first:last]
        normalise(linear, activations.active[k][first:last], inverse, bias, gain, shift)
    product(activations.active[depth - 1][first:last], layers.weight[depth][learner], values)
    bias = layers.bias[depth][learner, 0]
    for row in range(rows):
        for j in range(len(bias)):
            values[row, j] += bias[j]


@network_part
def pack(inputs: Inputs, needed: Flags, learner: int, first: int, codes: Codes, numbers: Floats) -> int:
    """Copy the `needed` ones among one learner's rows first … first + len(codes) − 1 to the start of codes and numbers.

    Returns their number.
    """
    count = 0
    for row in range(first, first + len(codes)):
        if needed[learner, row]:
            codes[count] = inputs.codes[learner, row]
            numbers[count] = inputs.numbers[learner, row]
            count += 1
    return count


@compiled
def forward(
    layers: Layers,
    inputs: Inputs,
    needed: Flags,
    common: Ints,
    keep: bool,
    activations: Activations,
    values: Floats,
    start: int,
    stop: int,
) -> bool:
    """Write the outputs of learners start … stop − 1 into `values` `(learners, batch, outputs)`.

    needed: `(learners, batch)`, the rows to compute; the outputs of the others are zeros. keep: compute all rows, and
    keep `activations` and `common` for the backward pass; `activations` then has rows for all learners, else for one.
    Returns False where a code is no category of its column.
    """
    batch, width = inputs.codes.shape[1:]
    work = first_layer_workspace(layers)
    codes = np.empty((batch, width), dtype=inputs.codes.dtype)
    numbers = np.empty((batch, inputs.numbers.shape[2]), dtype=np.float32)
    packed = np.empty((batch, values.shape[2]), dtype=np.float32)
    for learner in range(start, stop):
        count = batch if keep else pack(inputs, needed, learner, 0, codes, numbers)
        whole = count == batch
        rows = inputs.codes[learner] if whole else codes[:count]
        features = inputs.numbers[learner] if whole else numbers[:count]
        outputs = values[learner] if whole else packed[:count]
        if width and not most_common_codes(rows.reshape(1, count, width), inputs.starts, common[learner : learner + 1]):
            return False
        first = learner * batch if keep else 0
        if count:
            learner_inputs = LearnerInputs(rows, features, inputs.starts, common[learner])
            forward_learner(layers, learner, learner_inputs, work, activations, first, outputs)
        if not whole:
            count = 0
            for row in range(batch):
                if needed[learner, row]:
                    values[learner, row] = packed[count]
                    count += 1
                else:
                    values[learner, row] = np.float32(0.0)
    return True
