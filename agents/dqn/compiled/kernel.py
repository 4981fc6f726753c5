"""The forward pass and the whole update of a double DQN on category codes, compiled, learner by learner.

    first layer    z = b + Σ_column W[start + code]          (`explore.networks.one_hot`)
    hidden layer   z = x W + b
    either         n = (z − mean z)/√(var z + 10⁻⁵),  x = max(0, g·n + s)       (LayerNorm, Ba et al. 2016; ReLU)
    values         q = x W + b
    loss           Σ_function mean_batch importance · huber(q[action] − target)
    Adam           m += (1−β₁)(∇ − m),  v = β₂v + (1−β₂)∇²,  W −= η/(1−β₁ᵗ) · m/(√v/√(1−β₂ᵗ) + ε)   (Kingma & Ba 2015)
    target network W̄ += rate · (W − W̄)

Only the rows of the first W whose codes a batch has ever had are moved: the others have a zero gradient and zero
moments, which Adam leaves where they are, and their target is where they are. A learner's arrays stay in the cache from
its forward pass to its target network, and learners run in threads, since nothing holds the interpreter lock.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numba
import numpy as np
import numpy.typing as npt

from explore.networks.one_hot import Codes, Floats, Ints, most_common_codes, scatter_gradient, sum_rows
from explore.numerics.compiled import compiled

NORM_EPSILON = 1e-5  # torch.nn.functional.layer_norm's
Function = TypeVar("Function", bound=Callable[..., Any])
# Sums may be reassociated, so that they are vectorised; NaN and infinity keep their meaning.
REASSOCIATE = {"reassoc", "contract", "nsz"}


class Layers(NamedTuple):
    """The parameters of every layer of every learner, or as many numbers that belong to them.

    weight: `(learners, inputs, outputs)` each; bias, gain, shift: `(learners, 1, outputs)` each. gain and shift have no
    columns where the layer is not normalised.
    """

    weight: tuple[Floats, ...]
    bias: tuple[Floats, ...]
    gain: tuple[Floats, ...]
    shift: tuple[Floats, ...]


class Activations(NamedTuple):
    """Room for the forward pass of one learner, `(rows, width)` for each layer, `(layers, rows)` for `inverse`.

    linear: z, then n where the layer is normalised; active: x; inverse: 1/√(var z + 10⁻⁵).
    """

    linear: tuple[Floats, ...]
    active: tuple[Floats, ...]
    inverse: Floats


class Rule(NamedTuple):
    """Adam's settings, the share by which the target network moves now, and who chooses the bootstrap's action."""

    learning_rate: float
    first_decay: float
    second_decay: float
    epsilon: float
    target_rate: float
    double: bool


class Batch(NamedTuple):
    """What is learned from, `(learners, batch, …)` each.

    codes, successor: `(learners, batch, width)`; returns: sums of discounted rewards, `(learners, batch, functions)`;
    discounts: what the value of the successor is multiplied by, 0 where the episode terminated, of the same shape;
    importance: weight of each sample in the loss, `(learners, batch)`.
    """

    codes: Codes
    successor: Codes
    action: Ints
    returns: Floats
    discounts: Floats
    importance: Floats


def _part(function: Function) -> Function:
    result: Function = numba.njit(function, error_model="numpy", fastmath=REASSOCIATE, inline="never")
    return result


@_part
def _normalise(linear: Floats, active: Floats, inverse: Floats, bias: Floats, gain: Floats, shift: Floats) -> None:
    """Bias, LayerNorm where there is a gain, and ReLU, row by row."""
    rows, width = linear.shape
    for row in range(rows):
        z, x = linear[row], active[row]
        total = np.float32(0.0)
        for j in range(width):
            z[j] += bias[j]
            total += z[j]
        if len(gain):
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
                x[j] = max(z[j], np.float32(0.0))


@_part
def _normalise_backward(
    delta: Floats,
    linear: Floats,
    active: Floats,
    inverse: Floats,
    gain: Floats,
    bias_gradient: Floats,
    gain_gradient: Floats,
    shift_gradient: Floats,
) -> None:
    """From the gradient of x in `delta` to that of z, in place; the gradients of bias, gain and shift."""
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


@_part
def _step(
    weight: Floats,
    gradient: Floats,
    first: Floats,
    second: Floats,
    target: Floats,
    step_size: np.float32,
    root: np.float32,
    rule: Rule,
) -> None:
    """Adam and the target network for some parameters, `(numbers,)` each; `root` is √(1 − β₂ᵗ)."""
    one = np.float32(1.0)
    keep, blend = np.float32(rule.second_decay), one - np.float32(rule.first_decay)
    epsilon, rate = np.float32(rule.epsilon), np.float32(rule.target_rate)
    for j in range(len(weight)):
        g = gradient[j]
        first[j] += blend * (g - first[j])
        second[j] = keep * second[j] + (one - keep) * (g * g)
        weight[j] -= step_size * (first[j] / (np.sqrt(second[j]) / root + epsilon))
    if rate < np.float32(0.5):
        for j in range(len(weight)):
            target[j] += rate * (weight[j] - target[j])
    else:  # exact where the rate is 1
        for j in range(len(weight)):
            target[j] = weight[j] - (weight[j] - target[j]) * (one - rate)


@_part
def _step_learner(parts: tuple[Floats, ...], learner: int, step_size: np.float32, root: np.float32, rule: Rule) -> None:
    """`_step` for one array of one learner: online, gradient (of one learner), both moments and target."""
    online, gradient, first, second, target = parts
    _step(
        online[learner].reshape(-1),
        gradient[0].reshape(-1),
        first[learner].reshape(-1),
        second[learner].reshape(-1),
        target[learner].reshape(-1),
        step_size,
        root,
        rule,
    )


@_part
def _forward(
    layers: Layers, learner: int, codes: Codes, starts: Ints, common: Ints, room: Activations, values: Floats
) -> None:
    """The values of every row of one learner, `(rows, functions·actions)`; `common` is as `most_common_codes` says."""
    rows, depth = len(codes), len(layers.weight) - 1
    weight = layers.weight[0][learner : learner + 1]
    width = weight.shape[2]
    linear = room.linear[0][:rows]
    none = np.zeros((1, 1, width), dtype=np.float32)
    sum_rows(codes.reshape(1, rows, -1), starts, common, weight, none, linear.reshape(1, rows, width))
    for k in range(depth):
        linear, active = room.linear[k][:rows], room.active[k][:rows]
        if k:
            np.dot(room.active[k - 1][:rows], layers.weight[k][learner], linear)
        gain, shift = layers.gain[k][learner, 0], layers.shift[k][learner, 0]
        _normalise(linear, active, room.inverse[k], layers.bias[k][learner, 0], gain, shift)
    np.dot(room.active[depth - 1][:rows], layers.weight[depth][learner], values)
    last = layers.bias[depth][learner, 0]
    for row in range(rows):
        for j in range(len(last)):
            values[row, j] += last[j]


@_part
def _targets(
    successor: Floats, target: Floats, batch: Batch, learner: int, actions: int, rule: Rule, wanted: Floats
) -> None:
    """The target of each function of one learner's batch, `(batch, functions)`; values `(batch, functions·actions)`."""
    for row in range(len(wanted)):
        choosing = successor[row] if rule.double else target[row]
        for function in range(wanted.shape[1]):
            best, highest = 0, np.float32(-np.inf)
            for action in range(actions):
                # The extrinsic function bootstraps from its own best action, the intrinsic one from that of the sum.
                value = choosing[action]
                if function:
                    value += choosing[actions + action]
                if value > highest:
                    best, highest = action, value
            ahead = target[row, function * actions + best]
            discounted = batch.discounts[learner, row, function] * ahead
            wanted[row, function] = batch.returns[learner, row, function] + discounted


@compiled
def forward(
    layers: Layers, codes: Codes, starts: Ints, room: Activations, values: Floats, start: int, stop: int
) -> bool:
    """Values `(learners, rows, functions·actions)` of codes `(learners, rows, width)`, of learners start … stop − 1.

    False where a column has no such code as a row says.
    """
    common = np.empty((1, codes.shape[2]), dtype=np.int64)
    for learner in range(start, stop):
        if not most_common_codes(codes[learner : learner + 1], starts, common):
            return False
        _forward(layers, learner, codes[learner], starts, common, room, values[learner])
    return True


@compiled
def update(
    online: Layers,
    target: Layers,
    first: Layers,
    second: Layers,
    gradient: Layers,
    met: npt.NDArray[np.bool_],
    batch: Batch,
    starts: Ints,
    rule: Rule,
    times: int,
    room: Activations,
    target_room: Activations,
    errors: Floats,
    start: int,
    stop: int,
) -> bool:
    """One update of learners start … stop − 1, in place; False where a column has no such code as a row says.

    first, second: Adam's moments. gradient: room for one learner's; the weight of the first layer holds zeros, before
    and after. met: `(learners, features)`, which rows of the first weight have ever been in a batch. times: updates
    with this one. errors: `(learners, batch, functions)`, values minus targets.
    """
    size, width = batch.codes.shape[1:]
    functions = batch.returns.shape[2]
    depth = len(online.weight) - 1
    outputs = online.weight[depth].shape[2]
    actions = outputs // functions
    rows = 2 * size if rule.double else size
    both = np.empty((rows, width), dtype=batch.codes.dtype)
    common = np.empty((1, width), dtype=np.int64)
    target_common = np.empty((1, width), dtype=np.int64)
    values, target_values = np.empty((rows, outputs), np.float32), np.empty((size, outputs), np.float32)
    wanted, delta_values = np.empty((size, functions), np.float32), np.empty((size, outputs), np.float32)
    step_size = np.float32(rule.learning_rate / (1.0 - rule.first_decay**times))
    root = np.float32(np.sqrt(1.0 - rule.second_decay**times))
    for learner in range(start, stop):
        both[:size] = batch.codes[learner]
        if rule.double:
            both[size:] = batch.successor[learner]
        # The vote of the rows that have a gradient: a code of the others alone would get one of rounding errors.
        if not most_common_codes(batch.codes[learner : learner + 1], starts, common):
            return False
        if not most_common_codes(batch.successor[learner : learner + 1], starts, target_common):
            return False
        _forward(online, learner, both, starts, common, room, values)
        _forward(target, learner, batch.successor[learner], starts, target_common, target_room, target_values)
        ahead = values[size:] if rule.double else target_values
        _targets(ahead, target_values, batch, learner, actions, rule, wanted)

        delta_values[:] = np.float32(0.0)
        for row in range(size):
            for function in range(functions):
                place = function * actions + batch.action[learner, row]
                error = values[row, place] - wanted[row, function]
                errors[learner, row, function] = error
                clipped = min(max(error, np.float32(-1.0)), np.float32(1.0))
                delta_values[row, place] = clipped * batch.importance[learner, row] / np.float32(size)

        delta = delta_values
        for k in range(depth, -1, -1):
            if k == depth:
                bias = gradient.bias[k][0, 0]
                bias[:] = np.float32(0.0)
                for row in range(size):
                    for j in range(outputs):
                        bias[j] += delta[row, j]
            else:
                _normalise_backward(
                    delta,
                    room.linear[k][:size],
                    room.active[k][:size],
                    room.inverse[k],
                    online.gain[k][learner, 0],
                    gradient.bias[k][0, 0],
                    gradient.gain[k][0, 0],
                    gradient.shift[k][0, 0],
                )
            if k:
                np.dot(room.active[k - 1][:size].T, delta, gradient.weight[k][0])
                delta = np.dot(delta, online.weight[k][learner].T)

        codes = batch.codes[learner]
        read = codes.reshape(1, size, width)
        scatter_gradient(read, starts, common, delta.reshape(1, size, -1), gradient.bias[0], gradient.weight[0])
        for column in range(width):
            met[learner, common[0, column]] = True
            for row in range(size):
                met[learner, starts[column] + np.int64(codes[row, column])] = True
        for place in range(met.shape[1]):
            if met[learner, place]:
                _step(
                    online.weight[0][learner, place],
                    gradient.weight[0][0, place],
                    first.weight[0][learner, place],
                    second.weight[0][learner, place],
                    target.weight[0][learner, place],
                    step_size,
                    root,
                    rule,
                )
                gradient.weight[0][0, place] = np.float32(0.0)
        for k in range(depth + 1):
            if k:
                weights = (online.weight[k], gradient.weight[k], first.weight[k], second.weight[k], target.weight[k])
                _step_learner(weights, learner, step_size, root, rule)
            biases = (online.bias[k], gradient.bias[k], first.bias[k], second.bias[k], target.bias[k])
            _step_learner(biases, learner, step_size, root, rule)
            gains = (online.gain[k], gradient.gain[k], first.gain[k], second.gain[k], target.gain[k])
            _step_learner(gains, learner, step_size, root, rule)
            shifts = (online.shift[k], gradient.shift[k], first.shift[k], second.shift[k], target.shift[k])
            _step_learner(shifts, learner, step_size, root, rule)
    return True
