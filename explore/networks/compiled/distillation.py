"""Random network distillation, compiled: errors of all learners in one call, with or without an optimiser step.

    e = ‖f̂(x) − f(x)‖²,   loss mean_rows e      (Burda et al. 2018; `explore.bonuses.base.distillation`)

f is fixed, f̂ is trained, and both read the same rows. Rows that are not valid are not computed. The optimiser step
uses the forward pass that computed the errors, so that scoring a step and training on it costs one pass, not two.
"""

import numpy as np

from explore.networks.compiled.adam import AdamSettings
from explore.networks.compiled.backward import backward_learner, mark_present
from explore.networks.compiled.forward import FirstLayerWorkspace, first_layer_workspace, forward_learner, pack
from explore.networks.compiled.layers import Activations, Flags, Inputs, Layers, LearnerInputs, network_part
from explore.networks.compiled.training import TrainingState, Workspace, adam_update, clear
from explore.networks.one_hot import Floats, most_common_codes
from explore.numerics.compiled import compiled


@network_part
def _differences(
    predictor: Layers,
    target: Layers,
    learner: int,
    inputs: LearnerInputs,
    work: FirstLayerWorkspace,
    predictor_activations: Activations,
    target_activations: Activations,
    difference: Floats,
    target_features: Floats,
    errors: Floats,
) -> None:
    """Write f̂ − f `(rows, features)`, its squared norm `(rows,)` and f (`target_features`) of one learner."""
    forward_learner(predictor, learner, inputs, work, predictor_activations, 0, difference)
    forward_learner(target, learner, inputs, work, target_activations, 0, target_features)
    for row in range(len(errors)):
        total = np.float32(0.0)
        for j in range(difference.shape[1]):
            difference[row, j] -= target_features[row, j]
            total += difference[row, j] * difference[row, j]
        errors[row] = total


@compiled
def distil(
    trained: TrainingState,
    target: Layers,
    inputs: Inputs,
    valid: Flags,
    batches: int,
    learning: bool,
    settings: AdamSettings,
    step_number: int,
    workspace: Workspace,
    target_activations: Activations,
    errors: Floats,
    losses: Floats,
    start: int,
    stop: int,
) -> bool:
    """Write the errors `(learners, batch)` of learners start … stop − 1, 0 for invalid rows; return False as `forward`.

    If `learning`, f̂ takes an Adam step on the mean error of the valid rows of each of `batches` equal parts, the first
    with the number `step_number`; the errors are those before each step. losses: `(learners,)`, receives the last mean.
    """
    batch, width = inputs.codes.shape[1] // batches, inputs.codes.shape[2]
    predictor, gradient = trained.layers, workspace.gradient
    features = target.bias[-1].shape[2]
    work = first_layer_workspace(predictor)
    codes = np.empty((batch, width), dtype=inputs.codes.dtype)
    numbers = np.empty((batch, inputs.numbers.shape[2]), dtype=np.float32)
    difference, target_features = np.empty((batch, features), np.float32), np.empty((batch, features), np.float32)
    packed, common = np.empty(batch, np.float32), np.empty((1, width), dtype=np.int64)
    no_gradient = np.empty((batch, 0), dtype=np.float32)  # no gradient of the input
    for learner in range(start, stop):
        for number in range(batches):  # all steps of a learner in turn, while its parameters are in the cache
            count = pack(inputs, valid, learner, number * batch, codes, numbers)
            part_valid, part_errors = valid[learner, number * batch :], errors[learner, number * batch :]
            part_errors[:batch] = np.float32(0.0)
            rows, delta = codes[:count], difference[:count]
            learner_inputs = LearnerInputs(rows, numbers[:count], inputs.starts, common[0])
            if count:
                if width and not most_common_codes(rows.reshape(1, count, width), inputs.starts, common):
                    return False
                _differences(
                    predictor,
                    target,
                    learner,
                    learner_inputs,
                    work,
                    workspace.activations,
                    target_activations,
                    delta,
                    target_features[:count],
                    packed[:count],
                )
            at = 0
            total = np.float32(0.0)
            for row in range(batch):
                if part_valid[row]:
                    part_errors[row] = packed[at]
                    total += packed[at]
                    at += 1
            if not learning:
                continue
            losses[learner] = total / np.float32(max(count, 1))
            if count:
                scale = np.float32(2.0) / np.float32(count)
                for row in range(count):
                    for j in range(features):
                        delta[row, j] *= scale
                backward_learner(
                    predictor,
                    learner,
                    learner_inputs,
                    workspace.activations,
                    0,
                    delta,
                    gradient,
                    0,
                    no_gradient[:count],
                )
                if width:
                    mark_present(learner_inputs, trained.had_gradient[learner])
            else:  # without valid rows Adam still makes a step, with a gradient of zero, as PyTorch's does
                clear(gradient)
                if not width:
                    gradient.weight[0][:] = np.float32(0.0)
            adam_update(trained, learner, gradient, settings, step_number + number)
    return True
