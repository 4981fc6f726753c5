"""Features learned by predicting actions and successors, compiled: all of a training step of all learners in one call.

    L = (1 − w) · mean_rows loss(g(φ(s), φ(s′)), a) + w · mean_rows ½‖f(φ(s), a) − φ(s′)‖²
    (Pathak et al. 2017; `explore.bonuses.base.inverse_model`, `explore.bonuses.base.forward_model`)

The loss of g is the cross-entropy of categories, summed over the parts of the action, or the mean square of continuous
ones. Both losses reach φ, which is computed once for each distinct row of codes, with the sum of the gradients of all
that are equal to it.
"""

from typing import NamedTuple

import numpy as np

from explore.networks.compiled.adam import AdamRule
from explore.networks.compiled.backward import backward_learner, mark_present
from explore.networks.compiled.forward import FirstLayerWorkspace, first_layer_workspace, forward_learner
from explore.networks.compiled.layers import Activations, Flags, Inputs, Layers, LearnerInputs, network_part
from explore.networks.compiled.training import Trained, Workspace, clear, move
from explore.networks.compiled.unique import multipliers, unique_rows
from explore.networks.one_hot import Codes, Floats, Ints, most_common_codes
from explore.numerics.compiled import compiled


class Models(NamedTuple):
    """φ, g and f in training; f is g again where there is no forward model."""

    embedding: Trained
    inverse: Trained
    forward: Trained


class ModelWorkspaces(NamedTuple):
    """Memory for a pass of each of the three."""

    embedding: Workspace
    inverse: Workspace
    forward: Workspace


class Samples(NamedTuple):
    """What is learned from.

    both: s and then s′, `(learners, 2·batch, …)`. actions: features of the actions, `(learners, batch, size)`. groups:
    categories of each part of an action, empty for continuous ones. valid: `(learners, batch)`, rows that count.
    """

    both: Inputs
    actions: Floats
    groups: Ints
    valid: Flags


class Rows(NamedTuple):
    """The valid rows of one learner, s and then s′: `(2·batch, …)` each, of which the first ones are used.

    places: the row of φ that each of them is. codes, numbers: what φ reads.
    """

    codes: Codes
    numbers: Floats
    places: Ints
    actions: Floats


@network_part
def _take_rows(
    samples: Samples, learner: int, first: int, all_codes: Codes, table: Ints, rows: Rows
) -> tuple[int, int]:
    """The valid ones of one learner's transitions from `first` on, as many as fit into `rows`, into it.

    Returns how many transitions they are, and how many rows φ reads.
    """
    both, actions, _, valid = samples
    batch, width = valid.shape[1], both.codes.shape[2]
    last = first + len(rows.actions)
    count = 0
    for row in range(first, last):
        count += valid[learner, row]
    at = 0
    for row in range(first, last):
        if valid[learner, row]:
            for half in range(2):
                place = half * count + at
                all_codes[place] = both.codes[learner, half * batch + row]
                rows.numbers[place] = both.numbers[learner, half * batch + row]
                rows.places[place] = place
            rows.actions[at] = actions[learner, row]
            at += 1
    if not width:
        return count, 2 * count
    return count, unique_rows(all_codes[: 2 * count], multipliers(width), rows.codes, rows.places, table)


@network_part
def _embed(
    embedding: Layers,
    learner: int,
    rows: Rows,
    count: int,
    starts: Ints,
    common: Ints,
    work: FirstLayerWorkspace,
    activations: Activations,
    values: Floats,
) -> bool:
    """φ of the first `count` rows, `(count, features)`; False where a code is outside its column."""
    codes, width = rows.codes[:count], rows.codes.shape[1]
    if width and not most_common_codes(codes.reshape(1, count, width), starts, common):
        return False
    inputs = LearnerInputs(codes, rows.numbers[:count], starts, common[0])
    forward_learner(embedding, learner, inputs, work, activations, 0, values)
    return True


@network_part
def _action_loss(guess: Floats, actions: Floats, groups: Ints, scale: np.float32, delta: Floats) -> np.float32:
    """The losses of one learner's guesses `(rows, size)`, summed; `delta` gets their gradient times `scale`."""
    rows, size = guess.shape
    total = np.float32(0.0)
    if not len(groups):
        for row in range(rows):
            for j in range(size):
                gap = guess[row, j] - actions[row, j]
                total += gap * gap
                delta[row, j] = gap * (scale * np.float32(2.0) / np.float32(size))
        return total / np.float32(size)
    for row in range(rows):
        first = 0
        for group in groups:
            highest, exponentials = guess[row, first], np.float32(0.0)
            for j in range(first, first + group):
                highest = max(highest, guess[row, j])
            for j in range(first, first + group):
                delta[row, j] = np.exp(guess[row, j] - highest)
                exponentials += delta[row, j]
            for j in range(first, first + group):
                if actions[row, j] > np.float32(0.5):
                    total += np.log(exponentials) - (guess[row, j] - highest)
                delta[row, j] = (delta[row, j] / exponentials - actions[row, j]) * scale
            first += group
    return total


@network_part
def _read_forward(phi: Floats, rows: Rows, count: int, read: Floats) -> None:
    """What f reads, φ(s) and the features of a, `(count, features + size)`."""
    features = phi.shape[1]
    for row in range(count):
        read[row, :features] = phi[rows.places[row]]
        read[row, features:] = rows.actions[row]


@compiled
def forward_errors(
    embedding: Layers,
    model: Layers,
    samples: Samples,
    of_embedding: Activations,
    of_model: Activations,
    errors: Floats,
    start: int,
    stop: int,
) -> bool:
    """½‖f(φ(s), a) − φ(s′)‖², `(learners, batch)`, of learners start … stop − 1; 0 for rows that are not valid.

    False where a code is outside its column.
    """
    both, batch = samples.both, samples.valid.shape[1]
    width, size, features = both.codes.shape[2], samples.actions.shape[2], embedding.bias[-1].shape[2]
    work, of_read = first_layer_workspace(embedding), first_layer_workspace(model)
    rows, all_codes, table = _rows(samples, batch)
    common, no_codes = np.empty((1, width), np.int64), np.empty((batch, 0), np.uint8)
    nowhere, none = np.zeros(1, np.int64), np.empty(0, np.int64)
    phi, read = np.empty((2 * batch, features), np.float32), np.empty((batch, features + size), np.float32)
    predicted = np.empty((batch, features), np.float32)
    for learner in range(start, stop):
        errors[learner] = np.float32(0.0)
        count, distinct = _take_rows(samples, learner, 0, all_codes, table, rows)
        if not count:
            continue
        if not _embed(embedding, learner, rows, distinct, both.starts, common, work, of_embedding, phi[:distinct]):
            return False
        _read_forward(phi, rows, count, read)
        of_learner = LearnerInputs(no_codes[:count], read[:count], nowhere, none)
        forward_learner(model, learner, of_learner, of_read, of_model, 0, predicted[:count])
        at = 0
        for row in range(batch):
            if samples.valid[learner, row]:
                after = phi[rows.places[count + at]]
                total = np.float32(0.0)
                for j in range(features):
                    gap = predicted[at, j] - after[j]
                    total += gap * gap
                errors[learner, row] = total / np.float32(2.0)
                at += 1
    return True


@network_part
def _rows(samples: Samples, batch: int) -> tuple[Rows, Codes, Ints]:
    """Memory for `batch` transitions, for their codes before equal ones are put together, and a table for these."""
    both, size = samples.both, 4
    while size < 4 * batch:
        size *= 2
    codes = np.empty((2 * batch, both.codes.shape[2]), dtype=both.codes.dtype)
    numbers = np.empty((2 * batch, both.numbers.shape[2]), dtype=np.float32)
    actions = np.empty((batch, samples.actions.shape[2]), dtype=np.float32)
    rows = Rows(codes, numbers, np.empty(2 * batch, dtype=np.int64), actions)
    return rows, np.empty_like(codes), np.empty(size, dtype=np.int64)


@compiled
def train(
    models: Models,
    samples: Samples,
    batches: int,
    weight: float,
    rule: AdamRule,
    times: int,
    workspaces: ModelWorkspaces,
    losses: Floats,
    start: int,
    stop: int,
) -> bool:
    """Adam's step number `times` and those that follow, one from each of `batches` equal parts of the samples.

    weight: w, or a negative number where there is no forward model: L is then the loss of g alone. losses: `(2,
    learners)` gets the two terms of L before the last step. Learners start … stop − 1; False where a code is outside
    its column.
    """
    embedding, inverse, model = models
    both, batch, predicts = samples.both, samples.valid.shape[1] // batches, weight >= 0.0
    width, size, features = both.codes.shape[2], samples.actions.shape[2], embedding.layers.bias[-1].shape[2]
    work = first_layer_workspace(embedding.layers)
    of_joint, of_read = first_layer_workspace(inverse.layers), first_layer_workspace(model.layers)
    rows, all_codes, table = _rows(samples, batch)
    common, no_codes = np.empty((1, width), np.int64), np.empty((batch, 0), np.uint8)
    nowhere, none = np.zeros(1, np.int64), np.empty(0, np.int64)
    phi, slope = np.empty((2 * batch, features), np.float32), np.empty((2 * batch, features), np.float32)
    joint, joint_slope = np.empty((batch, 2 * features), np.float32), np.empty((batch, 2 * features), np.float32)
    read, read_slope = np.empty((batch, features + size), np.float32), np.empty((batch, features + size), np.float32)
    guess, of_guess = np.empty((batch, size), np.float32), np.empty((batch, size), np.float32)
    predicted = np.empty((batch, features), np.float32)
    unused = np.empty((2 * batch, 0), np.float32)
    share = np.float32(weight) if predicts else np.float32(0.0)
    for learner in range(start, stop):
        for number in range(batches):  # all of a learner's in turn, while its parameters are in the cache
            losses[:, learner] = np.float32(0.0)
            count, distinct = _take_rows(samples, learner, number * batch, all_codes, table, rows)
            if count:
                if not _embed(
                    embedding.layers,
                    learner,
                    rows,
                    distinct,
                    both.starts,
                    common,
                    work,
                    workspaces.embedding.activations,
                    phi[:distinct],
                ):
                    return False
                for row in range(count):
                    joint[row, :features] = phi[rows.places[row]]
                    joint[row, features:] = phi[rows.places[count + row]]
                of_inverse, activations = (
                    LearnerInputs(no_codes[:count], joint[:count], nowhere, none),
                    workspaces.inverse.activations,
                )
                forward_learner(inverse.layers, learner, of_inverse, of_joint, activations, 0, guess[:count])
                scale = (np.float32(1.0) - share) / np.float32(count)
                loss = _action_loss(guess[:count], rows.actions[:count], samples.groups, scale, of_guess[:count])
                losses[0, learner] = loss * scale
                backward_learner(
                    inverse.layers,
                    learner,
                    of_inverse,
                    activations,
                    0,
                    of_guess[:count],
                    workspaces.inverse.gradient,
                    0,
                    joint_slope[:count],
                )
                slope[:distinct] = np.float32(0.0)
                for row in range(count):
                    slope[rows.places[row]] += joint_slope[row, :features]
                    slope[rows.places[count + row]] += joint_slope[row, features:]
                if predicts:
                    _read_forward(phi, rows, count, read)
                    of_forward = LearnerInputs(no_codes[:count], read[:count], nowhere, none)
                    activations = workspaces.forward.activations
                    forward_learner(model.layers, learner, of_forward, of_read, activations, 0, predicted[:count])
                    scale = share / np.float32(count)
                    total = np.float32(0.0)
                    for row in range(count):
                        place = rows.places[count + row]
                        for j in range(features):
                            gap = predicted[row, j] - phi[place, j]
                            total += gap * gap
                            predicted[row, j] = gap * scale
                            slope[place, j] -= gap * scale
                    losses[1, learner] = total * np.float32(0.5) * scale
                    backward_learner(
                        model.layers,
                        learner,
                        of_forward,
                        activations,
                        0,
                        predicted[:count],
                        workspaces.forward.gradient,
                        0,
                        read_slope[:count],
                    )
                    for row in range(count):
                        slope[rows.places[row]] += read_slope[row, :features]
                of_learner = LearnerInputs(rows.codes[:distinct], rows.numbers[:distinct], both.starts, common[0])
                backward_learner(
                    embedding.layers,
                    learner,
                    of_learner,
                    workspaces.embedding.activations,
                    0,
                    slope[:distinct],
                    workspaces.embedding.gradient,
                    0,
                    unused[:distinct],
                )
                if width:
                    mark_present(of_learner, embedding.met[learner])
            else:  # Adam moves on all the same, as PyTorch's does
                clear(workspaces.embedding.gradient)
                clear(workspaces.inverse.gradient)
                clear(workspaces.forward.gradient)
                workspaces.inverse.gradient.weight[0][:] = np.float32(0.0)
                workspaces.forward.gradient.weight[0][:] = np.float32(0.0)
                if not width:
                    workspaces.embedding.gradient.weight[0][:] = np.float32(0.0)
            move(embedding, learner, workspaces.embedding.gradient, rule, times + number)
            move(inverse, learner, workspaces.inverse.gradient, rule, times + number)
            if predicts:
                move(model, learner, workspaces.forward.gradient, rule, times + number)
    return True
