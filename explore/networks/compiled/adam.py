"""Adam, compiled.

    m += (1−β₁)(∇ − m),  v = β₂v + (1−β₂)∇²,  W −= η/(1−β₁ᵗ) · m/(√v/√(1−β₂ᵗ) + ε)      (Kingma & Ba 2015)

A row of the first weight whose code has occurred in no batch has a zero gradient and zero moments, so that Adam does
not change it: only rows that ever had a gradient are visited.

The moments of a row whose gradient stays zero decay, m by a tenth in each step, and become denormal float32 numbers
after 800 steps, with which a processor takes two to three times as long. Moments that small change no weight, because
of ε, and are set to zero.
"""

from typing import NamedTuple

import numpy as np
import torch

from explore.networks.compiled.layers import Flags, network_part
from explore.networks.one_hot import Floats
from explore.numerics.compiled import compiled

NEGLIGIBLE = np.float32(1e-30)  # moments up to this are set to zero


class AdamSettings(NamedTuple):
    """The settings of Adam: η, β₁, β₂ and ε."""

    learning_rate: float
    first_decay: float
    second_decay: float
    epsilon: float


def adam_settings(optimiser: torch.optim.Adam) -> AdamSettings:
    """The settings of a PyTorch Adam, of its first group of parameters."""
    group = optimiser.param_groups[0]
    first_decay, second_decay = group["betas"]
    return AdamSettings(float(group["lr"]), float(first_decay), float(second_decay), float(group["eps"]))


class AdamStep(NamedTuple):
    """The coefficients of step t, in a form with one division: W −= size · m/(√v + epsilon).

    size: η√(1−β₂ᵗ)/(1−β₁ᵗ). epsilon: ε√(1−β₂ᵗ). blend: 1−β₁. keep: β₂. rest: 1−β₂.
    """

    size: np.float32
    blend: np.float32
    keep: np.float32
    rest: np.float32
    epsilon: np.float32


@network_part
def adam_step(settings: AdamSettings, step_number: int) -> AdamStep:
    """The coefficients of step t = `step_number`, from 1."""
    root = np.sqrt(1.0 - settings.second_decay**step_number)
    return AdamStep(
        np.float32(settings.learning_rate * root / (1.0 - settings.first_decay**step_number)),
        np.float32(1.0 - settings.first_decay),
        np.float32(settings.second_decay),
        np.float32(1.0 - settings.second_decay),
        np.float32(settings.epsilon * root),
    )


@network_part
def adam(weight: Floats, gradient: Floats, first: Floats, second: Floats, step: AdamStep) -> None:
    """One step for some parameters, in place; every array is `(numbers,)`; first and second are the moments m and v."""
    for j in range(len(weight)):
        g = gradient[j]
        m = first[j] + step.blend * (g - first[j])
        v = step.keep * second[j] + step.rest * (g * g)
        m = m if abs(m) > NEGLIGIBLE else np.float32(0.0)
        v = v if v > NEGLIGIBLE else np.float32(0.0)
        first[j] = m
        second[j] = v
        weight[j] -= step.size * m / (np.sqrt(v) + step.epsilon)


@network_part
def adam_marked(weight: Floats, gradient: Floats, first: Floats, second: Floats, marks: Flags, step: AdamStep) -> None:
    """One step for the rows in `marks` `(rows,)`, in place; arrays `(rows, numbers)`; zeroes these rows' gradient."""
    start, rows = 0, len(marks)
    while start < rows:
        stop = start
        while stop < rows and marks[stop]:
            stop += 1
        if stop > start:  # adjacent rows at once, as slicing a row costs as much as computing it
            row_gradient = gradient[start:stop].reshape(-1)
            adam(
                weight[start:stop].reshape(-1),
                row_gradient,
                first[start:stop].reshape(-1),
                second[start:stop].reshape(-1),
                step,
            )
            row_gradient[:] = np.float32(0.0)
        start = stop + 1


@compiled
def adam_rows(
    weight: Floats,
    gradient: Floats,
    first: Floats,
    second: Floats,
    marks: Flags,
    settings: AdamSettings,
    step_number: int,
    start: int,
    stop: int,
) -> None:
    """Step `step_number` for the marked rows among start … stop − 1; arrays `(rows, numbers)`, marks `(rows,)`."""
    step = adam_step(settings, step_number)
    for row in range(start, stop):
        if marks[row]:
            adam(weight[row], gradient[row], first[row], second[row], step)
