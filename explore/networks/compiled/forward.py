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
    """What the first layer works with: present `(features,)`, change `(features + 1, outputs)`, none `(outputs,)`."""

    present: Flags
    change: Floats
    none: Floats


@network_part
def first_layer_workspace(layers: Layers) -> FirstLayerWorkspace:
    """Workspace for the first layer of one learner."""
    features, outputs = layers.weight[0].shape[1:]
    return FirstLayerWorkspace(
        np.empty(features, dtype=np.bool_),
        np.empty((features + 1, outputs), dtype=np.float32),
        np.zeros(outputs, dtype=np.float32),
    )


@network_part
def normalise(linear: Floats, active: Floats, inverse: Floats, bias: Floats, gain: Floats, shift: Floats) -> None:
    """Bias, LayerNorm where there is a gain, and ReLU, row by row."""
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
    """The outputs of one learner's rows, `(rows, outputs)`; first: the row of the activations that they begin with."""
    codes, numbers, starts, common = inputs
    rows, depth = len(values), len(layers.weight) - 1
    last = first + rows
    for k in range(depth):
        linear = activations.linear[k][first:last]
        if k:
            product(activations.active[k - 1][first:last], layers.weight[k][learner], linear)
        elif codes.shape[1]:  # the bias comes with the normalisation
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
    """The needed ones of one learner's rows from `first` on, as many as fit into codes and numbers, into these.

    Returns how many they are.
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
    """Outputs `(learners, batch, outputs)` of learners start … stop − 1; False where a code is outside its column.

    needed: `(learners, batch)`, rows to compute; the others are zeros. Where `keep`, all rows are computed, and
    `activations` and `common` are left for the backward pass; then `activations` has rows for all learners, else for
    one.
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
            of_learner = LearnerInputs(rows, features, inputs.starts, common[learner])
            forward_learner(layers, learner, of_learner, work, activations, first, outputs)
        if not whole:
            count = 0
            for row in range(batch):
                if needed[learner, row]:
                    values[learner, row] = packed[count]
                    count += 1
                else:
                    values[learner, row] = np.float32(0.0)
    return True
