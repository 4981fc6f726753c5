"""Backpropagation through a multi-layer perceptron, compiled, learner by learner."""

import numpy as np

from explore.networks.compiled.layers import Activations, Flags, Inputs, Layers, LearnerInputs, network_part
from explore.networks.compiled.products import input_gradient, weight_gradient
from explore.networks.one_hot import Floats, Ints, scatter_gradient
from explore.numerics.compiled import compiled


@network_part
def normalise_backward(
    delta: Floats,
    linear: Floats,
    active: Floats,
    inverse: Floats,
    gain: Floats,
    bias_gradient: Floats,
    gain_gradient: Floats,
    shift_gradient: Floats,
) -> None:
    """Replace the gradient of x in `delta` `(rows, width)` by that of z; write those of bias, gain and shift.

    linear, active, inverse: as in `Activations`.
    """
    rows, width = delta.shape
    bias_gradient[:] = np.float32(0.0)
    gain_gradient[:] = np.float32(0.0)
    shift_gradient[:] = np.float32(0.0)
    for row in range(rows):
        d, n, x = delta[row], linear[row], active[row]
        if len(gain):
            total, product = np.float32(0.0), np.float32(0.0)
            for j in range(width):
                through = d[j] if x[j] > np.float32(0.0) else np.float32(0.0)
                shift_gradient[j] += through
                gain_gradient[j] += through * n[j]
                through *= gain[j]
                d[j] = through
                total += through
                product += through * n[j]
            total /= np.float32(width)
            product /= np.float32(width)
            scale = inverse[row]
            for j in range(width):
                d[j] = (d[j] - total - n[j] * product) * scale
                bias_gradient[j] += d[j]
        else:
            for j in range(width):
                d[j] = d[j] if x[j] > np.float32(0.0) else np.float32(0.0)
                bias_gradient[j] += d[j]


@network_part
def backward_learner(
    layers: Layers,
    learner: int,
    inputs: LearnerInputs,
    activations: Activations,
    first: int,
    outputs_gradient: Floats,
    gradient: Layers,
    into: int,
    numbers_gradient: Floats,
) -> None:
    """Write the gradient of every parameter of one learner at index `into` of `gradient`, from that of its outputs.

    first: the first row of the learner in `activations`. outputs_gradient: `(rows, outputs)`. Where the input is codes,
    the first weight's gradient must be zero before the call. numbers_gradient: of the input, `(rows, inputs)`; not
    computed where it has no columns.
    """
    codes, numbers, starts, common = inputs
    rows, width, depth = len(outputs_gradient), codes.shape[1], len(layers.weight) - 1
    last = first + rows
    delta = outputs_gradient
    bias = gradient.bias[depth][into, 0]
    bias[:] = np.float32(0.0)
    for row in range(rows):
        for j in range(len(bias)):
            bias[j] += delta[row, j]
    for k in range(depth, 0, -1):
        weight_gradient(activations.active[k - 1][first:last], delta, gradient.weight[k][into])
        above, delta = delta, np.empty((rows, layers.weight[k].shape[1]), dtype=np.float32)
        input_gradient(above, layers.weight[k][learner], delta)
        normalise_backward(
            delta,
            activations.linear[k - 1][first:last],
            activations.active[k - 1][first:last],
            activations.inverse[k - 1][first:last],
            layers.gain[k - 1][learner, 0],
            gradient.bias[k - 1][into, 0],
            gradient.gain[k - 1][into, 0],
            gradient.shift[k - 1][into, 0],
        )
    if width:
        scatter_gradient(
            codes.reshape(1, rows, width),
            starts,
            common.reshape(1, width),
            delta.reshape(1, rows, -1),
            gradient.bias[0][into : into + 1],
            gradient.weight[0][into : into + 1],
        )
        return
    weight_gradient(numbers, delta, gradient.weight[0][into])
    if numbers_gradient.shape[1]:
        input_gradient(delta, layers.weight[0][learner], numbers_gradient)


@network_part
def mark_present(inputs: LearnerInputs, marks: Flags) -> None:
    """Set `marks` `(features,)` for the rows of the first weight that have a gradient: those of all codes in the rows.

    `inputs.common` must be computed from these rows: for a common code that none of them has, the gradient would be a
    rounding error instead of zero.
    """
    codes, _, starts, common = inputs
    for column in range(codes.shape[1]):
        marks[common[column]] = True
        for row in range(len(codes)):
            marks[starts[column] + np.int64(codes[row, column])] = True


@compiled
def backward(
    layers: Layers,
    inputs: Inputs,
    common: Ints,
    activations: Activations,
    outputs_gradient: Floats,
    gradient: Layers,
    marks: Flags,
    numbers_gradient: Floats,
    start: int,
    stop: int,
) -> bool:
    """The gradients of learners start … stop − 1, each `(learners, …)`, after a forward pass that kept its activations.

    marks: `(learners, features)`, the rows of the first weight that had a gradient in an earlier pass, updated by this
    one; the gradient of the other rows is zero. Unused where the input is numbers.
    """
    batch, width = inputs.codes.shape[1:]
    for learner in range(start, stop):
        learner_inputs = LearnerInputs(inputs.codes[learner], inputs.numbers[learner], inputs.starts, common[learner])
        if width:
            weight_rows_gradient = gradient.weight[0][learner]
            for place in range(len(weight_rows_gradient)):
                if marks[learner, place]:
                    weight_rows_gradient[place] = np.float32(0.0)
            mark_present(learner_inputs, marks[learner])
        backward_learner(
            layers,
            learner,
            learner_inputs,
            activations,
            learner * batch,
            outputs_gradient[learner],
            gradient,
            learner,
            numbers_gradient[learner],
        )
    return True
