"""Features learned by predicting actions and successors, compiled: training steps of all learners in one call.

    L = (1 − w) · mean_rows loss(g(φ(s), φ(s′)), a) + w · mean_rows ½‖f(φ(s), a) − φ(s′)‖²
    (Pathak et al. 2017; `explore.bonuses.base.inverse_model`, `explore.bonuses.base.forward_model`)

The loss of g is the cross-entropy of categories, summed over the parts of the action, or the mean squared error of
continuous actions. The gradients of both losses flow into φ. φ is computed once for each distinct row of codes, and its
gradient is the sum over all rows equal to it.
"""

from typing import NamedTuple

import numpy as np

from explore.networks.compiled.adam import AdamSettings
from explore.networks.compiled.backward import backward_learner, mark_present
from explore.networks.compiled.forward import FirstLayerWorkspace, first_layer_workspace, forward_learner
from explore.networks.compiled.layers import Activations, Flags, Inputs, Layers, LearnerInputs, network_part
from explore.networks.compiled.training import TrainingState, Workspace, adam_update, clear
from explore.networks.compiled.unique import multipliers, unique_rows
from explore.networks.one_hot import Codes, Floats, Ints, most_common_codes
from explore.numerics.compiled import compiled


class Models(NamedTuple):
    """φ (embedding), g (inverse) and f (forward) in training; `forward` is g where there is no forward model."""

    embedding: TrainingState
    inverse: TrainingState
    forward: TrainingState


class ModelWorkspaces(NamedTuple):
    """The workspaces of φ, g and f."""

    embedding: Workspace
    inverse: Workspace
    forward: Workspace


class Samples(NamedTuple):
    """The transitions of a training step.

    observations: s and then s′, `(learners, 2·batch, …)`. actions: the features of the actions, `(learners, batch,
    size)`. groups: the number of categories of each part of an action, empty for continuous actions. valid: `(learners,
    batch)`, the rows that are trained on.
    """

    observations: Inputs
    actions: Floats
    groups: Ints
    valid: Flags


class Rows(NamedTuple):
    """Buffers for the valid rows of one learner, s and then s′, `(2·batch, …)` each; only the first rows are used.

    codes, numbers: the distinct input rows of φ. unique_index: for each row its index among the distinct ones.
    actions: `(batch, size)`.
    """

    codes: Codes
    numbers: Floats
    unique_index: Ints
    actions: Floats


@network_part
def _copy_valid_rows(
    samples: Samples, learner: int, first: int, all_codes: Codes, table: Ints, rows: Rows
) -> tuple[int, int]:
    """Copy the valid ones among one learner's transitions first … first + len(rows.actions) − 1 into `rows`.

    all_codes, table: buffers (`_allocate_rows`). Returns the number of valid transitions and the number of distinct
    input rows of φ.
    """
    observations, actions, _, valid = samples
    batch, width = valid.shape[1], observations.codes.shape[2]
    last = first + len(rows.actions)
    count = 0
    for row in range(first, last):
        count += valid[learner, row]
    at = 0
    for row in range(first, last):
        if valid[learner, row]:
            for half in range(2):
                place = half * count + at
                all_codes[place] = observations.codes[learner, half * batch + row]
                rows.numbers[place] = observations.numbers[learner, half * batch + row]
                rows.unique_index[place] = place
            rows.actions[at] = actions[learner, row]
            at += 1
    if not width:
        return count, 2 * count
    return count, unique_rows(all_codes[: 2 * count], multipliers(width), rows.codes, rows.unique_index, table)


@network_part
def _embed(
    embedding: Layers,
    learner: int,
    rows: Rows,
    count: int,
    starts: Ints,
    common: Ints,
    embedding_work: FirstLayerWorkspace,
    activations: Activations,
    values: Floats,
) -> bool:
    """φ of the first `count` rows, `(count, features)`; False where a code is outside its column."""
    codes, width = rows.codes[:count], rows.codes.shape[1]
    if width and not most_common_codes(codes.reshape(1, count, width), starts, common):
        return False
    inputs = LearnerInputs(codes, rows.numbers[:count], starts, common[0])
    forward_learner(embedding, learner, inputs, embedding_work, activations, 0, values)
    return True


@network_part
def _action_loss(prediction: Floats, actions: Floats, groups: Ints, scale: np.float32, delta: Floats) -> np.float32:
    """The sum of the losses of one learner's predictions `(rows, size)`; writes their gradient · `scale` to `delta`."""
    rows, size = prediction.shape
    total = np.float32(0.0)
    if not len(groups):
        for row in range(rows):
            for j in range(size):
                difference = prediction[row, j] - actions[row, j]
                total += difference * difference
                delta[row, j] = difference * (scale * np.float32(2.0) / np.float32(size))
        return total / np.float32(size)
    for row in range(rows):
        first = 0
        for group in groups:
            highest, exponentials = prediction[row, first], np.float32(0.0)
            for j in range(first, first + group):
                highest = max(highest, prediction[row, j])
            for j in range(first, first + group):
                delta[row, j] = np.exp(prediction[row, j] - highest)
                exponentials += delta[row, j]
            for j in range(first, first + group):
                if actions[row, j] > np.float32(0.5):
                    total += np.log(exponentials) - (prediction[row, j] - highest)
                delta[row, j] = (delta[row, j] / exponentials - actions[row, j]) * scale
            first += group
    return total


@network_part
def _write_forward_input(phi: Floats, rows: Rows, count: int, forward_input: Floats) -> None:
    """Write the input of f, φ(s) and the features of a, `(count, features + size)`."""
    features = phi.shape[1]
    for row in range(count):
        forward_input[row, :features] = phi[rows.unique_index[row]]
        forward_input[row, features:] = rows.actions[row]


@compiled
def forward_errors(
    embedding: Layers,
    model: Layers,
    samples: Samples,
    embedding_activations: Activations,
    model_activations: Activations,
    errors: Floats,
    start: int,
    stop: int,
) -> bool:
    """Write ½‖f(φ(s), a) − φ(s′)‖² of learners start … stop − 1 into `errors` `(learners, batch)`, 0 for invalid rows.

    Returns False where a code is no category of its column.
    """
    observations, batch = samples.observations, samples.valid.shape[1]
    width, size, features = observations.codes.shape[2], samples.actions.shape[2], embedding.bias[-1].shape[2]
    embedding_work, forward_work = first_layer_workspace(embedding), first_layer_workspace(model)
    rows, all_codes, table = _allocate_rows(samples, batch)
    common, no_codes = np.empty((1, width), np.int64), np.empty((batch, 0), np.uint8)
    no_starts, no_common = np.zeros(1, np.int64), np.empty(0, np.int64)
    phi, forward_input = np.empty((2 * batch, features), np.float32), np.empty((batch, features + size), np.float32)
    predicted_phi = np.empty((batch, features), np.float32)
    for learner in range(start, stop):
        errors[learner] = np.float32(0.0)
        count, distinct = _copy_valid_rows(samples, learner, 0, all_codes, table, rows)
        if not count:
            continue
        if not _embed(
            embedding,
            learner,
            rows,
            distinct,
            observations.starts,
            common,
            embedding_work,
            embedding_activations,
            phi[:distinct],
        ):
            return False
        _write_forward_input(phi, rows, count, forward_input)
        learner_inputs = LearnerInputs(no_codes[:count], forward_input[:count], no_starts, no_common)
        forward_learner(model, learner, learner_inputs, forward_work, model_activations, 0, predicted_phi[:count])
        at = 0
        for row in range(batch):
            if samples.valid[learner, row]:
                after = phi[rows.unique_index[count + at]]
                total = np.float32(0.0)
                for j in range(features):
                    difference = predicted_phi[at, j] - after[j]
                    total += difference * difference
                errors[learner, row] = total / np.float32(2.0)
                at += 1
    return True


@network_part
def _allocate_rows(samples: Samples, batch: int) -> tuple[Rows, Codes, Ints]:
    """Buffers for `batch` transitions, for their codes before duplicates are removed, and the hash table for that."""
    observations, size = samples.observations, 4
    while size < 4 * batch:
        size *= 2
    codes = np.empty((2 * batch, observations.codes.shape[2]), dtype=observations.codes.dtype)
    numbers = np.empty((2 * batch, observations.numbers.shape[2]), dtype=np.float32)
    actions = np.empty((batch, samples.actions.shape[2]), dtype=np.float32)
    rows = Rows(codes, numbers, np.empty(2 * batch, dtype=np.int64), actions)
    return rows, np.empty_like(codes), np.empty(size, dtype=np.int64)


@compiled
def train(
    models: Models,
    samples: Samples,
    batches: int,
    weight: float,
    settings: AdamSettings,
    step_number: int,
    workspaces: ModelWorkspaces,
    losses: Floats,
    start: int,
    stop: int,
) -> bool:
    """Adam steps of learners start … stop − 1, one on each of `batches` equal parts of the samples.

    step_number: of the first step, from 1. weight: w, or a negative number where there is no forward model: L is then
    the loss of g alone. losses: `(2, learners)`, receives the two terms of L before the last step. Returns False where
    a code is no category of its column.
    """
    embedding, inverse, model = models
    observations, batch, predicts = samples.observations, samples.valid.shape[1] // batches, weight >= 0.0
    width, size, features = observations.codes.shape[2], samples.actions.shape[2], embedding.layers.bias[-1].shape[2]
    embedding_work = first_layer_workspace(embedding.layers)
    inverse_work, forward_work = first_layer_workspace(inverse.layers), first_layer_workspace(model.layers)
    rows, all_codes, table = _allocate_rows(samples, batch)
    common, no_codes = np.empty((1, width), np.int64), np.empty((batch, 0), np.uint8)
    no_starts, no_common = np.zeros(1, np.int64), np.empty(0, np.int64)
    phi, phi_gradient = np.empty((2 * batch, features), np.float32), np.empty((2 * batch, features), np.float32)
    inverse_input, inverse_input_gradient = (
        np.empty((batch, 2 * features), np.float32),
        np.empty((batch, 2 * features), np.float32),
    )
    forward_input, forward_input_gradient = (
        np.empty((batch, features + size), np.float32),
        np.empty((batch, features + size), np.float32),
    )
    prediction, prediction_gradient = np.empty((batch, size), np.float32), np.empty((batch, size), np.float32)
    predicted_phi = np.empty((batch, features), np.float32)
    unused = np.empty((2 * batch, 0), np.float32)
    share = np.float32(weight) if predicts else np.float32(0.0)
    for learner in range(start, stop):
        for number in range(batches):  # all steps of a learner in turn, while its parameters are in the cache
            losses[:, learner] = np.float32(0.0)
            count, distinct = _copy_valid_rows(samples, learner, number * batch, all_codes, table, rows)
            if count:
                if not _embed(
                    embedding.layers,
                    learner,
                    rows,
                    distinct,
                    observations.starts,
                    common,
                    embedding_work,
                    workspaces.embedding.activations,
                    phi[:distinct],
                ):
                    return False
                for row in range(count):
                    inverse_input[row, :features] = phi[rows.unique_index[row]]
                    inverse_input[row, features:] = phi[rows.unique_index[count + row]]
                inverse_inputs, activations = (
                    LearnerInputs(no_codes[:count], inverse_input[:count], no_starts, no_common),
                    workspaces.inverse.activations,
                )
                forward_learner(
                    inverse.layers, learner, inverse_inputs, inverse_work, activations, 0, prediction[:count]
                )
                scale = (np.float32(1.0) - share) / np.float32(count)
                loss = _action_loss(
                    prediction[:count], rows.actions[:count], samples.groups, scale, prediction_gradient[:count]
                )
                losses[0, learner] = loss * scale
                backward_learner(
                    inverse.layers,
                    learner,
                    inverse_inputs,
                    activations,
                    0,
                    prediction_gradient[:count],
                    workspaces.inverse.gradient,
                    0,
                    inverse_input_gradient[:count],
                )
                phi_gradient[:distinct] = np.float32(0.0)
                for row in range(count):
                    phi_gradient[rows.unique_index[row]] += inverse_input_gradient[row, :features]
                    phi_gradient[rows.unique_index[count + row]] += inverse_input_gradient[row, features:]
                if predicts:
                    _write_forward_input(phi, rows, count, forward_input)
                    forward_inputs = LearnerInputs(no_codes[:count], forward_input[:count], no_starts, no_common)
                    activations = workspaces.forward.activations
                    forward_learner(
                        model.layers, learner, forward_inputs, forward_work, activations, 0, predicted_phi[:count]
                    )
                    scale = share / np.float32(count)
                    total = np.float32(0.0)
                    for row in range(count):
                        place = rows.unique_index[count + row]
                        for j in range(features):
                            difference = predicted_phi[row, j] - phi[place, j]
                            total += difference * difference
                            predicted_phi[row, j] = difference * scale
                            phi_gradient[place, j] -= difference * scale
                    losses[1, learner] = total * np.float32(0.5) * scale
                    backward_learner(
                        model.layers,
                        learner,
                        forward_inputs,
                        activations,
                        0,
                        predicted_phi[:count],
                        workspaces.forward.gradient,
                        0,
                        forward_input_gradient[:count],
                    )
                    for row in range(count):
                        phi_gradient[rows.unique_index[row]] += forward_input_gradient[row, :features]
                learner_inputs = LearnerInputs(
                    rows.codes[:distinct], rows.numbers[:distinct], observations.starts, common[0]
                )
                backward_learner(
                    embedding.layers,
                    learner,
                    learner_inputs,
                    workspaces.embedding.activations,
                    0,
                    phi_gradient[:distinct],
                    workspaces.embedding.gradient,
                    0,
                    unused[:distinct],
                )
                if width:
                    mark_present(learner_inputs, embedding.had_gradient[learner])
            else:  # without valid rows Adam still makes a step, with a gradient of zero, as PyTorch's does
                clear(workspaces.embedding.gradient)
                clear(workspaces.inverse.gradient)
                clear(workspaces.forward.gradient)
                workspaces.inverse.gradient.weight[0][:] = np.float32(0.0)
                workspaces.forward.gradient.weight[0][:] = np.float32(0.0)
                if not width:
                    workspaces.embedding.gradient.weight[0][:] = np.float32(0.0)
            adam_update(embedding, learner, workspaces.embedding.gradient, settings, step_number + number)
            adam_update(inverse, learner, workspaces.inverse.gradient, settings, step_number + number)
            if predicts:
                adam_update(model, learner, workspaces.forward.gradient, settings, step_number + number)
    return True
