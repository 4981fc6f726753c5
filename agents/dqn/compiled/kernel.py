"""The whole update of a double DQN on category codes, compiled, learner by learner.

    values         q, by the passes of `explore.networks.compiled`
    loss           Σ_function mean_batch importance · huber(q[action] − target)
    Adam           as in `explore.networks.compiled.adam`
    target network W̄ += rate · (W − W̄)

Only the rows of the first W whose codes a batch has ever had are moved: the others have a zero gradient and zero
moments, which Adam leaves where they are, and their target is where they are. A learner's arrays stay in the cache from
its forward pass to its target network, and learners run in threads, since nothing holds the interpreter lock.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explore.networks.compiled.adam import AdamRule, AdamStep, adam, adam_step
from explore.networks.compiled.backward import backward_learner, mark_present
from explore.networks.compiled.forward import first_layer_workspace, forward_learner
from explore.networks.compiled.layers import Activations, Layers, LearnerInputs, network_part
from explore.networks.one_hot import Codes, Floats, Ints, most_common_codes
from explore.numerics.compiled import compiled


class Rule(NamedTuple):
    """Adam's settings, by how much and how often (in updates) the target network moves, and what a batch is.

    double: whether the online network chooses the action that is bootstrapped from.
    """

    adam: AdamRule
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


@network_part
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


class Training(NamedTuple):
    """What an update changes: both networks, Adam's moments, and which rows of the first weight had ever a gradient.

    met: `(learners, features)`.
    """

    online: Layers
    target: Layers
    first: Layers
    second: Layers
    met: npt.NDArray[np.bool_]


class UpdateWorkspace(NamedTuple):
    """Memory for the update of one learner: activations of both networks, and a gradient.

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
    workspace: UpdateWorkspace,
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
    none = np.empty((rows, 0), dtype=np.float32)  # the input has no numbers
    common = np.empty((2, 1, width), dtype=np.int64)
    values, target_values = np.empty((rows, outputs), np.float32), np.empty((size, outputs), np.float32)
    targets, delta = np.empty((size, functions), np.float32), np.empty((size, outputs), np.float32)
    work = first_layer_workspace(training.online)
    for learner in range(start, stop):
        # All updates of a learner in turn, while its parameters are in the cache.
        for number in range(batch.codes.shape[1] // size):
            part = slice(number * size, (number + 1) * size)
            codes, successor = batch.codes[learner, part], batch.successor[learner, part]
            both[:size] = codes
            if rule.double:
                both[size:] = successor
            # The vote of the rows that have a gradient (`mark_present`).
            if not most_common_codes(codes.reshape(1, size, width), starts, common[0]):
                return False
            if not most_common_codes(successor.reshape(1, size, width), starts, common[1]):
                return False
            online, target = training.online, training.target
            inputs = LearnerInputs(both, none, starts, common[0, 0])
            forward_learner(online, learner, inputs, work, workspace.online, 0, values)
            inputs = LearnerInputs(successor, none, starts, common[1, 0])
            forward_learner(target, learner, inputs, work, workspace.target, 0, target_values)
            choosing = values[size:] if rule.double else target_values
            returns, discounts = batch.returns[learner, part], batch.discounts[learner, part]
            _targets(choosing, target_values, returns, discounts, outputs // functions, targets)
            action, importance = batch.action[learner, part], batch.importance[learner, part]
            _loss(values, targets, action, importance, errors[learner, part], delta)
            inputs = LearnerInputs(codes, none, starts, common[0, 0])
            backward_learner(online, learner, inputs, workspace.online, 0, delta, workspace.gradient, 0, none)
            mark_present(inputs, training.met[learner])
            _move(training, learner, before + number + 1, workspace.gradient, rule)
    return True


@network_part
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


@network_part
def _follow(target: Floats, weight: Floats, rate: np.float32) -> None:
    """The target network's step by the share `rate`, for some parameters, `(numbers,)` each."""
    if rate < np.float32(0.5):
        for j in range(len(weight)):
            target[j] += rate * (weight[j] - target[j])
    else:  # exact where the rate is 1
        for j in range(len(weight)):
            target[j] = weight[j] - (weight[j] - target[j]) * (np.float32(1.0) - rate)


@network_part
def _move_array(parts: tuple[Floats, ...], learner: int, step: AdamStep, rate: np.float32) -> None:
    """Adam and the target for one array of one learner: online, gradient (of one learner), both moments, target."""
    online, gradient, first, second, target = parts
    weight = online[learner].reshape(-1)
    adam(weight, gradient[0].reshape(-1), first[learner].reshape(-1), second[learner].reshape(-1), step)
    _follow(target[learner].reshape(-1), weight, rate)


@network_part
def _move(training: Training, learner: int, times: int, gradient: Layers, rule: Rule) -> None:
    """Adam's step number `times` and the target network's, for one learner; the first weight's gradient is zeroed."""
    online, target, first, second, met = training
    step = adam_step(rule.adam, times)
    rate = np.float32(rule.target_rate if times % rule.target_interval == 0 else 0.0)
    start, rows = 0, met.shape[1]
    while start < rows:
        stop = start
        while stop < rows and met[learner, stop]:
            stop += 1
        if stop > start:  # rows that lie side by side, at once: a row's slices cost as much as its numbers
            run = slice(start, stop)
            weight, slope = online.weight[0][learner, run].reshape(-1), gradient.weight[0][0, run].reshape(-1)
            moments = first.weight[0][learner, run].reshape(-1), second.weight[0][learner, run].reshape(-1)
            adam(weight, slope, moments[0], moments[1], step)
            _follow(target.weight[0][learner, run].reshape(-1), weight, rate)
            slope[:] = np.float32(0.0)
        start = stop + 1
    for k in range(len(online.weight)):
        if k:
            weights = (online.weight[k], gradient.weight[k], first.weight[k], second.weight[k], target.weight[k])
            _move_array(weights, learner, step, rate)
        biases = (online.bias[k], gradient.bias[k], first.bias[k], second.bias[k], target.bias[k])
        _move_array(biases, learner, step, rate)
        gains = (online.gain[k], gradient.gain[k], first.gain[k], second.gain[k], target.gain[k])
        _move_array(gains, learner, step, rate)
        shifts = (online.shift[k], gradient.shift[k], first.shift[k], second.shift[k], target.shift[k])
        _move_array(shifts, learner, step, rate)
