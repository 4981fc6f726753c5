"""What a compiled optimiser step of one network works on: its parameters, Adam's moments, and memory for a pass."""

from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from explore.networks.compiled.adam import AdamRule, AdamStep, adam, adam_marked, adam_step
from explore.networks.compiled.layers import Activations, Flags, Layers, network_part, new_activations
from explore.networks.one_hot import Floats


class Trained(NamedTuple):
    """A network in training: its parameters and Adam's moments.

    met: `(learners, features)`, the rows of the first weight that ever had a gradient; no columns where the input is
    numbers, whose rows all have one.
    """

    layers: Layers
    first: Layers
    second: Layers
    met: Flags


class Workspace(NamedTuple):
    """Memory for a pass of one learner, forward and back.

    The gradient of the first weight holds zeros before and after where the input is codes.
    """

    activations: Activations
    gradient: Layers


# Kept outside of the objects: workspace is no part of a bonus's state, which a score must not change.
_WORKSPACES: WeakKeyDictionary["Workspaces", tuple[int, tuple[int, ...], list[Workspace]]] = WeakKeyDictionary()


class Workspaces:
    """Workspaces of one network, one per thread, used again for every pass."""

    def take(self, layers: Layers, count: int, rows: int) -> list[Workspace]:
        """`count` workspaces for passes of up to `rows` rows."""
        shape = layers.weight[0].shape[1:]
        most, kept, workspaces = _WORKSPACES.get(self, (0, (), []))
        if rows > most or shape != kept:
            most, workspaces = max(rows, most), []
        while len(workspaces) < count:
            gradient = Layers(*(tuple(np.zeros_like(array[:1]) for array in part) for part in layers))
            workspaces.append(Workspace(new_activations(layers, most), gradient))
        _WORKSPACES[self] = (most, shape, workspaces)
        return workspaces

    def __reduce__(self) -> Any:
        return Workspaces, ()  # a copy makes its own


@network_part
def clear(gradient: Layers) -> None:
    """Zeros for the gradient of every parameter but the first weight."""
    for k in range(len(gradient.weight)):
        if k:
            gradient.weight[k][:] = np.float32(0.0)
        gradient.bias[k][:] = np.float32(0.0)
        gradient.gain[k][:] = np.float32(0.0)
        gradient.shift[k][:] = np.float32(0.0)


@network_part
def _move_array(parts: tuple[Floats, ...], learner: int, step: AdamStep) -> None:
    """Adam for one array of one learner: parameter, gradient (of one learner), both moments."""
    weight, gradient, first, second = parts
    adam(
        weight[learner].reshape(-1),
        gradient[0].reshape(-1),
        first[learner].reshape(-1),
        second[learner].reshape(-1),
        step,
    )


@network_part
def move(trained: Trained, learner: int, gradient: Layers, rule: AdamRule, times: int) -> None:
    """Adam's step number `times` for one learner; the first weight's gradient is zero afterwards if its input is codes.

    gradient: of this learner alone, every array `(1, …)`.
    """
    layers, first, second, met = trained
    step = adam_step(rule, times)
    if met.shape[1]:
        weights = (
            layers.weight[0][learner],
            gradient.weight[0][0],
            first.weight[0][learner],
            second.weight[0][learner],
        )
        adam_marked(*weights, met[learner], step)
    for k in range(len(layers.weight)):
        if k or not met.shape[1]:
            _move_array((layers.weight[k], gradient.weight[k], first.weight[k], second.weight[k]), learner, step)
        _move_array((layers.bias[k], gradient.bias[k], first.bias[k], second.bias[k]), learner, step)
        _move_array((layers.gain[k], gradient.gain[k], first.gain[k], second.gain[k]), learner, step)
        _move_array((layers.shift[k], gradient.shift[k], first.shift[k], second.shift[k]), learner, step)
