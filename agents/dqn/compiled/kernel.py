"""The update of a double DQN (van Hasselt et al. 2016) on category codes, compiled, learner by learner.

    values         q, by the forward pass of `explore.networks.compiled`
    loss           Σ_function mean_batch importance · huber(q[action] − target)
    Adam           as in `explore.networks.compiled.adam`
    target network W̄ += rate · (W − W̄)

Only rows of the first W whose codes have occurred in a batch are updated: the others have a zero gradient and zero
moments, so that Adam does not change them, and they equal those of the target network. Learners are updated one after
the other, so that a learner's arrays stay in the cache, and in several threads, as the code does not hold the
interpreter lock.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explore.networks.compiled.adam import AdamSettings, AdamStep, adam, adam_step
from explore.networks.compiled.backward import backward_learner, mark_present
from explore.networks.compiled.forward import first_layer_workspace, forward_learner
from explore.networks.compiled.layers import Activations, Layers, LearnerInputs, network_part
from explore.networks.one_hot import Codes, Floats, Ints, most_common_codes
from explore.numerics.compiled import compiled


class UpdateSettings(NamedTuple):
    """The settings of an update.

    target_rate: the rate at which the target network moves to the online one, every `target_interval` updates. double:
    whether the online network chooses the action whose value is bootstrapped. batch: samples per update.
    """

    adam: AdamSettings
    target_rate: float
    target_interval: int
    double: bool
    batch: int


class Batch(NamedTuple):
    """The samples of one or several updates, `(learners, updates·batch, …)` each, the batches one after the other.

    codes, successor: rows of s and of the successor, `(…, width)`. returns: n-step sums of discounted rewards, `(…,
    functions)`. discounts: `(…, functions)`, the factor of the successor's value, 0 where the episode terminated.
    importance: the weight of each sample in the loss, `(learners, updates·batch)`. Functions: the extrinsic value
    function and, where it is learned separately, the intrinsic one.
    """

    codes: Codes
    successor: Codes
    action: Ints
    returns: Floats
    discounts: Floats
    importance: Floats


@network_part
def _targets(
    selection: Floats, target: Floats, returns: Floats, discounts: Floats, actions: int, targets: Floats
) -> None:
    """Write the targets `(batch, functions)` of one learner's batch, from values of the successors.

    selection, target: `(batch, functions·actions)`, of the network that chooses the action and of the target network.
    """
    for row in range(len(targets)):
        for function in range(targets.shape[1]):
            best, highest = 0, np.float32(-np.inf)
            for action in range(actions):
                # The extrinsic function bootstraps from its own best action, the intrinsic one from that of their sum.
                value = selection[row, action]
                if function:
                    value += selection[row, actions + action]
                if value > highest:
                    best, highest = action, value
            bootstrap = target[row, function * actions + best]
            targets[row, function] = returns[row, function] + discounts[row, function] * bootstrap


class Training(NamedTuple):
    """The arrays that an update changes: both networks and Adam's moments.

    had_gradient: `(learners, features)`, the rows of the first weight that ever had a gradient.
    """

    online: Layers
    target: Layers
    first: Layers
    second: Layers
    had_gradient: npt.NDArray[np.bool_]


class UpdateWorkspace(NamedTuple):
    """Workspace for the update of one learner: activations of both networks, and a gradient.

    The gradient of the first weight is zero before and after each update.
    """

    online: Activations
    target: Activations
    gradient: Layers


@compiled
def update(
    training: Training,
    batch: Batch,
    starts: Ints,
    settings: UpdateSettings,
    updates_before: int,
    workspace: UpdateWorkspace,
    errors: Floats,
    start: int,
    stop: int,
) -> bool:
    """The updates of learners start … stop − 1, in place; returns False where a code is no category of its column.

    starts: as in `Inputs`. updates_before: the number of updates made before. errors: `(learners, updates·batch,
    functions)`, receives values minus targets.
    """
    width, functions, size = batch.codes.shape[2], batch.returns.shape[2], settings.batch
    outputs = training.online.bias[-1].shape[2]
    rows = 2 * size if settings.double else size
    stacked = np.empty((rows, width), dtype=batch.codes.dtype)
    no_numbers = np.empty((rows, 0), dtype=np.float32)  # the input has no numbers
    common = np.empty((2, 1, width), dtype=np.int64)
    values, target_values = np.empty((rows, outputs), np.float32), np.empty((size, outputs), np.float32)
    targets, delta = np.empty((size, functions), np.float32), np.empty((size, outputs), np.float32)
    work = first_layer_workspace(training.online)
    for learner in range(start, stop):
        # All updates of a learner in turn, while its parameters are in the cache.
        for number in range(batch.codes.shape[1] // size):
            part = slice(number * size, (number + 1) * size)
            codes, successor = batch.codes[learner, part], batch.successor[learner, part]
            stacked[:size] = codes
            if settings.double:
                stacked[size:] = successor
            # Computed from the rows that have a gradient alone, as `mark_present` requires.
            if not most_common_codes(codes.reshape(1, size, width), starts, common[0]):
                return False
            if not most_common_codes(successor.reshape(1, size, width), starts, common[1]):
                return False
            online, target = training.online, training.target
            inputs = LearnerInputs(stacked, no_numbers, starts, common[0, 0])
            forward_learner(online, learner, inputs, work, workspace.online, 0, values)
            inputs = LearnerInputs(successor, no_numbers, starts, common[1, 0])
            forward_learner(target, learner, inputs, work, workspace.target, 0, target_values)
            selection = values[size:] if settings.double else target_values
            returns, discounts = batch.returns[learner, part], batch.discounts[learner, part]
            _targets(selection, target_values, returns, discounts, outputs // functions, targets)
            action, importance = batch.action[learner, part], batch.importance[learner, part]
            _loss(values, targets, action, importance, errors[learner, part], delta)
            inputs = LearnerInputs(codes, no_numbers, starts, common[0, 0])
            backward_learner(online, learner, inputs, workspace.online, 0, delta, workspace.gradient, 0, no_numbers)
            mark_present(inputs, training.had_gradient[learner])
            _update_parameters(training, learner, updates_before + number + 1, workspace.gradient, settings)
    return True


@network_part
def _loss(values: Floats, targets: Floats, action: Ints, importance: Floats, errors: Floats, delta: Floats) -> None:
    """Write the errors `(batch, functions)` and the gradient of the Huber loss `(batch, functions·actions)`."""
    size, functions = targets.shape
    actions = delta.shape[1] // functions
    delta[:] = np.float32(0.0)
    for row in range(size):
        for function in range(functions):
            output = function * actions + action[row]
            error = values[row, output] - targets[row, function]
            errors[row, function] = error
            clipped = min(max(error, np.float32(-1.0)), np.float32(1.0))
            delta[row, output] = clipped * importance[row] / np.float32(size)


@network_part
def _update_target(target: Floats, weight: Floats, rate: np.float32) -> None:
    """W̄ += rate · (W − W̄) for some parameters of the target network, in place, `(numbers,)` each."""
    if rate < np.float32(0.5):
        for j in range(len(weight)):
            target[j] += rate * (weight[j] - target[j])
    else:  # exact where the rate is 1
        for j in range(len(weight)):
            target[j] = weight[j] - (weight[j] - target[j]) * (np.float32(1.0) - rate)


@network_part
def _update_array(parts: tuple[Floats, ...], learner: int, step: AdamStep, rate: np.float32) -> None:
    """Adam and target update of one array of one learner; parts: online, gradient `(1, …)`, both moments, target."""
    online, gradient, first, second, target = parts
    weight = online[learner].reshape(-1)
    adam(weight, gradient[0].reshape(-1), first[learner].reshape(-1), second[learner].reshape(-1), step)
    _update_target(target[learner].reshape(-1), weight, rate)


@network_part
def _update_parameters(
    training: Training, learner: int, step_number: int, gradient: Layers, settings: UpdateSettings
) -> None:
    """Adam step `step_number` and target update of one learner; zeroes the first weight's gradient."""
    online, target, first, second, had_gradient = training
    step = adam_step(settings.adam, step_number)
    rate = np.float32(settings.target_rate if step_number % settings.target_interval == 0 else 0.0)
    start, rows = 0, had_gradient.shape[1]
    while start < rows:
        stop = start
        while stop < rows and had_gradient[learner, stop]:
            stop += 1
        if stop > start:  # adjacent rows at once, as slicing a row costs as much as computing it
            run = slice(start, stop)
            weight, row_gradient = online.weight[0][learner, run].reshape(-1), gradient.weight[0][0, run].reshape(-1)
            moments = first.weight[0][learner, run].reshape(-1), second.weight[0][learner, run].reshape(-1)
            adam(weight, row_gradient, moments[0], moments[1], step)
            _update_target(target.weight[0][learner, run].reshape(-1), weight, rate)
            row_gradient[:] = np.float32(0.0)
        start = stop + 1
    for k in range(len(online.weight)):
        if k:
            weights = (online.weight[k], gradient.weight[k], first.weight[k], second.weight[k], target.weight[k])
            _update_array(weights, learner, step, rate)
        biases = (online.bias[k], gradient.bias[k], first.bias[k], second.bias[k], target.bias[k])
        _update_array(biases, learner, step, rate)
        gains = (online.gain[k], gradient.gain[k], first.gain[k], second.gain[k], target.gain[k])
        _update_array(gains, learner, step, rate)
        shifts = (online.shift[k], gradient.shift[k], first.shift[k], second.shift[k], target.shift[k])
        _update_array(shifts, learner, step, rate)
