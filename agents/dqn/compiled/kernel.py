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

from explore.networks.one_hot import Codes, Floats, Ints, most_common_codes, scatter_gradient, sum_rows_of_learner
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

    linear: z, then n where the layer is normalised; active: x; inverse: 1/√(var z + 10⁻⁵). met `(features,)` and change
    `(features + 1, width)` are the first layer's.
    """

    linear: tuple[Floats, ...]
    active: tuple[Floats, ...]
    inverse: Floats
    met: npt.NDArray[np.bool_]
    change: Floats


class Rule(NamedTuple):
    """Adam's settings, by how much and how often (in updates) the target network moves, and what a batch is.

    double: whether the online network chooses the action that is bootstrapped from.
    """

    learning_rate: float
    first_decay: float
    second_decay: float
    epsilon: float
    target_rate: float
    target_interval: int
    double: bool
    batch: int


class Batch(NamedTuple):
    """What is learned from, `(learners, updates·batch, …)` each, the batches one after the other.

    codes, successor: `(learners, updates·batch, width)`; returns: sums of discounted rewards, `(learners,
    updates·batch, functions)`; discounts: of that shape, what the value of the successor is multiplied by, 0 where the
    episode terminated; importance: weight of each sample in the loss, `(learners, updates·batch)`.
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
    rate: np.float32,
    rule: Rule,
) -> None:
    """Adam and the target network for some parameters, `(numbers,)` each; `root` is √(1 − β₂ᵗ).

    rate: the share by which the target network moves now.
    """
    one = np.float32(1.0)
    keep, blend = np.float32(rule.second_decay), one - np.float32(rule.first_decay)
    epsilon = np.float32(rule.epsilon)
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
def _step_learner(
    parts: tuple[Floats, ...],
    learner: int,
    step_size: np.float32,
    root: np.float32,
    rate: np.float32,
    rule: Rule,
) -> None:
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
        rate,
        rule,
    )


@_part
def _forward(
    layers: Layers, learner: int, codes: Codes, starts: Ints, common: Ints, room: Activations, values: Floats
) -> None:
    """The values of every row of one learner, `(rows, functions·actions)`; `common` is as `most_common_codes` says."""
    rows, depth = len(codes), len(layers.weight) - 1
    weight, none = layers.weight[0][learner], np.zeros(layers.weight[0].shape[2], dtype=np.float32)
    # The bias comes with the normalisation.
    sum_rows_of_learner(codes, starts, common[0], weight, none, room.met, room.change, room.linear[0][:rows])
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
    choosing: Floats, target: Floats, returns: Floats, discounts: Floats, actions: int, targets: Floats
) -> None:
    """The targets `(batch, functions)` of one learner's batch, from values of the successors.

    choosing, target: `(batch, functions·actions)`, of the network that chooses the action and of the target network.
    """
    for row in range(len(targets)):
        for function in range(targets.shape[1]):
            best, highest = 0, np.float32(-np.inf)
            for action in range(actions):
                # The extrinsic function bootstraps from its own best action, the intrinsic one from that of the sum.
                value = choosing[row, action]
                if function:
                    value += choosing[row, actions + action]
                if value > highest:
                    best, highest = action, value
            bootstrap = target[row, function * actions + best]
            targets[row, function] = returns[row, function] + discounts[row, function] * bootstrap


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


class Training(NamedTuple):
    """What an update changes: both networks, Adam's moments, and which rows of the first weight had ever a gradient.

    met: `(learners, features)`.
    """

    online: Layers
    target: Layers
    first: Layers
    second: Layers
    met: npt.NDArray[np.bool_]


class Room(NamedTuple):
    """Room for the update of one learner: activations of both networks, and a gradient.

    The gradient of the first weight holds zeros before and after.
    """

    online: Activations
    target: Activations
    gradient: Layers


@compiled
def update(
    training: Training,
    batch: Batch,
    starts: Ints,
    rule: Rule,
    before: int,
    room: Room,
    errors: Floats,
    start: int,
    stop: int,
) -> bool:
    """The updates of learners start … stop − 1, in place; False where a column has no such code as a row says.

    before: updates made so far. errors: `(learners, updates·batch, functions)`, values minus targets.
    """
    width, functions, size = batch.codes.shape[2], batch.returns.shape[2], rule.batch
    outputs = training.online.bias[-1].shape[2]
    rows = 2 * size if rule.double else size
    both = np.empty((rows, width), dtype=batch.codes.dtype)
    common = np.empty((2, 1, width), dtype=np.int64)
    values, target_values = np.empty((rows, outputs), np.float32), np.empty((size, outputs), np.float32)
    targets, delta = np.empty((size, functions), np.float32), np.empty((size, outputs), np.float32)
    for learner in range(start, stop):
        # All updates of a learner in turn, while its parameters are in the cache.
        for number in range(batch.codes.shape[1] // size):
            part = slice(number * size, (number + 1) * size)
            codes, successor = batch.codes[learner, part], batch.successor[learner, part]
            both[:size] = codes
            if rule.double:
                both[size:] = successor
            # The vote of the rows that have a gradient: a code of the others alone would get one of rounding errors.
            if not most_common_codes(codes.reshape(1, size, width), starts, common[0]):
                return False
            if not most_common_codes(successor.reshape(1, size, width), starts, common[1]):
                return False
            _forward(training.online, learner, both, starts, common[0], room.online, values)
            _forward(training.target, learner, successor, starts, common[1], room.target, target_values)
            choosing = values[size:] if rule.double else target_values
            returns, discounts = batch.returns[learner, part], batch.discounts[learner, part]
            _targets(choosing, target_values, returns, discounts, outputs // functions, targets)
            action, importance = batch.action[learner, part], batch.importance[learner, part]
            _loss(values, targets, action, importance, errors[learner, part], delta)
            _gradient(training.online, learner, codes, starts, common[0], room.online, delta, room.gradient)
            for column in range(width):
                training.met[learner, common[0, 0, column]] = True
                for row in range(size):
                    training.met[learner, starts[column] + np.int64(codes[row, column])] = True
            _move(training, learner, before + number + 1, room.gradient, rule)
    return True


@_part
def _loss(values: Floats, targets: Floats, action: Ints, importance: Floats, errors: Floats, delta: Floats) -> None:
    """Errors `(batch, functions)`, and the gradient of the Huber loss by the values, `(batch, functions·actions)`."""
    size, functions = targets.shape
    actions = delta.shape[1] // functions
    delta[:] = np.float32(0.0)
    for row in range(size):
        for function in range(functions):
            place = function * actions + action[row]
            error = values[row, place] - targets[row, function]
            errors[row, function] = error
            clipped = min(max(error, np.float32(-1.0)), np.float32(1.0))
            delta[row, place] = clipped * importance[row] / np.float32(size)


@_part
def _gradient(
    layers: Layers,
    learner: int,
    codes: Codes,
    starts: Ints,
    common: Ints,
    room: Activations,
    values_gradient: Floats,
    gradient: Layers,
) -> None:
    """The gradient of every parameter of one learner, from that of the values of its batch, by backpropagation."""
    size, width = codes.shape
    depth = len(layers.weight) - 1
    delta = values_gradient
    last = gradient.bias[depth][0, 0]
    last[:] = np.float32(0.0)
    for row in range(size):
        for j in range(len(last)):
            last[j] += delta[row, j]
    for k in range(depth, 0, -1):
        np.dot(room.active[k - 1][:size].T, delta, gradient.weight[k][0])
        delta = np.dot(delta, layers.weight[k][learner].T)
        _normalise_backward(
            delta,
            room.linear[k - 1][:size],
            room.active[k - 1][:size],
            room.inverse[k - 1],
            layers.gain[k - 1][learner, 0],
            gradient.bias[k - 1][0, 0],
            gradient.gain[k - 1][0, 0],
            gradient.shift[k - 1][0, 0],
        )
    read = codes.reshape(1, size, width)
    scatter_gradient(read, starts, common, delta.reshape(1, size, -1), gradient.bias[0], gradient.weight[0])


@_part
def _move(training: Training, learner: int, times: int, gradient: Layers, rule: Rule) -> None:
    """Adam's step number `times` and the target network's, for one learner; the first weight's gradient is zeroed."""
    online, target, first, second, met = training
    step_size = np.float32(rule.learning_rate / (1.0 - rule.first_decay**times))
    root = np.float32(np.sqrt(1.0 - rule.second_decay**times))
    rate = np.float32(rule.target_rate if times % rule.target_interval == 0 else 0.0)
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
                rate,
                rule,
            )
            gradient.weight[0][0, place] = np.float32(0.0)
    for k in range(len(online.weight)):
        if k:
            weights = (online.weight[k], gradient.weight[k], first.weight[k], second.weight[k], target.weight[k])
            _step_learner(weights, learner, step_size, root, rate, rule)
        biases = (online.bias[k], gradient.bias[k], first.bias[k], second.bias[k], target.bias[k])
        _step_learner(biases, learner, step_size, root, rate, rule)
        gains = (online.gain[k], gradient.gain[k], first.gain[k], second.gain[k], target.gain[k])
        _step_learner(gains, learner, step_size, root, rate, rule)
        shifts = (online.shift[k], gradient.shift[k], first.shift[k], second.shift[k], target.shift[k])
        _step_learner(shifts, learner, step_size, root, rate, rule)
