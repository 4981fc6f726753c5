"""The data of a compiled optimiser step of one network: parameters, Adam's moments and workspace, and the step."""

from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from explore.networks.compiled.adam import AdamSettings, AdamStep, adam, adam_marked, adam_step
from explore.networks.compiled.layers import Activations, Flags, Layers, network_part, new_activations
from explore.networks.one_hot import Floats


class TrainingState(NamedTuple):
    """A network in training: its parameters and Adam's moments.

    first, second: the moments. had_gradient: `(learners, features)`, the rows of the first weight that ever had a
    gradient; no columns where the input is numbers, for which all rows have one.
    """

    layers: Layers
    first: Layers
    second: Layers
    had_gradient: Flags


class Workspace(NamedTuple):
    """The arrays of a forward and backward pass of one learner.

    Where the input is codes, the gradient of the first weight is zero before and after each step.
    """

    activations: Activations
    gradient: Layers


# Outside of the objects, because workspaces are no part of a bonus's state, which `score` must not change. Of each:
# rows, shape of the first weight, workspaces.
_WORKSPACES: WeakKeyDictionary["Workspaces", tuple[int, tuple[int, ...], list[Workspace]]] = WeakKeyDictionary()


class Workspaces:
    """Workspaces of one network, one per thread, used again for every pass."""

    def take(self, layers: Layers, count: int, rows: int) -> list[Workspace]:
        """At least `count` workspaces for passes of up to `rows` rows."""
        shape = layers.weight[0].shape[1:]
        max_rows, kept_shape, workspaces = _WORKSPACES.get(self, (0, (), []))
        if rows > max_rows or shape != kept_shape:
            max_rows, workspaces = max(rows, max_rows), []
        while len(workspaces) < count:
            gradient = Layers(*(tuple(np.zeros_like(array[:1]) for array in part) for part in layers))
            workspaces.append(Workspace(new_activations(layers, max_rows), gradient))
        _WORKSPACES[self] = (max_rows, shape, workspaces)
        return workspaces

    def __reduce__(self) -> Any:
        return Workspaces, ()  # a copy makes its own


@network_part
def clear(gradient: Layers) -> None:
    """Set the gradient of every parameter but the first weight to zero."""
    for k in range(len(gradient.weight)):
        if k:
            gradient.weight[k][:] = np.float32(0.0)
        gradient.bias[k][:] = np.float32(0.0)
        gradient.gain[k][:] = np.float32(0.0)
        gradient.shift[k][:] = np.float32(0.0)


@network_part
def _adam_update_array(parts: tuple[Floats, ...], learner: int, step: AdamStep) -> None:
    """An Adam step for one array of one learner; parts: parameter, gradient `(1, …)`, first and second moment."""
    weight, gradient, first, second = parts
    adam(
        weight[learner].reshape(-1),
        gradient[0].reshape(-1),
        first[learner].reshape(-1),
        second[learner].reshape(-1),
        step,
    )


@network_part
def adam_update(
    trained: TrainingState, learner: int, gradient: Layers, settings: AdamSettings, step_number: int
) -> None:
    """Adam step `step_number` of one learner; zeroes the first weight's gradient where the input is codes.

    gradient: of this learner alone, every array `(1, …)`.
    """
    layers, first, second, had_gradient = trained
    step = adam_step(settings, step_number)
    if had_gradient.shape[1]:
        weights = (
            layers.weight[0][learner],
            gradient.weight[0][0],
            first.weight[0][learner],
            second.weight[0][learner],
        )
        adam_marked(*weights, had_gradient[learner], step)
    for k in range(len(layers.weight)):
        if k or not had_gradient.shape[1]:
            _adam_update_array((layers.weight[k], gradient.weight[k], first.weight[k], second.weight[k]), learner, step)
        _adam_update_array((layers.bias[k], gradient.bias[k], first.bias[k], second.bias[k]), learner, step)
        _adam_update_array((layers.gain[k], gradient.gain[k], first.gain[k], second.gain[k]), learner, step)
        _adam_update_array((layers.shift[k], gradient.shift[k], first.shift[k], second.shift[k]), learner, step)
