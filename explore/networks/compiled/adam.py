"""Adam, compiled.

    m += (1−β₁)(∇ − m),  v = β₂v + (1−β₂)∇²,  W −= η/(1−β₁ᵗ) · m/(√v/√(1−β₂ᵗ) + ε)      (Kingma & Ba 2015)

A row of the first weight whose code no batch has had has a zero gradient and zero moments, so that Adam leaves it
where it is: only rows that ever had a gradient are visited.

The moments of a row that gets no gradient any more fade, m by a tenth with each step, and end after 800 steps among the
smallest numbers that float32 has, with which a processor takes two to three times as long. Such moments, far below what
ε leaves of them, become zero.
"""

from typing import NamedTuple

import numpy as np
import torch

from explore.networks.compiled.layers import Flags, network_part
from explore.networks.one_hot import Floats
from explore.numerics.compiled import compiled

VANISHED = np.float32(1e-30)  # moments below it are


class AdamRule(NamedTuple):
    """Adam's settings."""

    learning_rate: float
    first_decay: float
    second_decay: float
    epsilon: float


def adam_rule(optimiser: torch.optim.Adam) -> AdamRule:
    """The settings of a PyTorch Adam, of its first group of parameters."""
    group = optimiser.param_groups[0]
    first_decay, second_decay = group["betas"]
    return AdamRule(float(group["lr"]), float(first_decay), float(second_decay), float(group["eps"]))


class AdamStep(NamedTuple):
    """The formula's numbers in its t-th step, so that it has but one division: W −= size · m/(√v + epsilon).

    size: η√(1−β₂ᵗ)/(1−β₁ᵗ). epsilon: ε√(1−β₂ᵗ). blend: 1−β₁. keep: β₂. rest: 1−β₂.
    """

    size: np.float32
    blend: np.float32
    keep: np.float32
    rest: np.float32
    epsilon: np.float32


@network_part
def adam_step(rule: AdamRule, times: int) -> AdamStep:
    """Step number `times`, from 1."""
    root = np.sqrt(1.0 - rule.second_decay**times)
    return AdamStep(
        np.float32(rule.learning_rate * root / (1.0 - rule.first_decay**times)),
        np.float32(1.0 - rule.first_decay),
        np.float32(rule.second_decay),
        np.float32(1.0 - rule.second_decay),
        np.float32(rule.epsilon * root),
    )


@network_part
def adam(weight: Floats, gradient: Floats, first: Floats, second: Floats, step: AdamStep) -> None:
    """One step for some parameters, `(numbers,)` each; first and second are the moments."""
    for j in range(len(weight)):
        g = gradient[j]
        m = first[j] + step.blend * (g - first[j])
        v = step.keep * second[j] + step.rest * (g * g)
        m = m if abs(m) > VANISHED else np.float32(0.0)
        v = v if v > VANISHED else np.float32(0.0)
        first[j] = m
        second[j] = v
        weight[j] -= step.size * m / (np.sqrt(v) + step.epsilon)


@network_part
def adam_marked(weight: Floats, gradient: Floats, first: Floats, second: Floats, marks: Flags, step: AdamStep) -> None:
    """One step for the marked rows, every array `(rows, numbers)`; their gradient is zero afterwards."""
    start, rows = 0, len(marks)
    while start < rows:
        stop = start
        while stop < rows and marks[stop]:
            stop += 1
        if stop > start:  # rows that lie side by side, at once: a row's slices cost as much as its numbers
            slope = gradient[start:stop].reshape(-1)
            adam(
                weight[start:stop].reshape(-1),
                slope,
                first[start:stop].reshape(-1),
                second[start:stop].reshape(-1),
                step,
            )
            slope[:] = np.float32(0.0)
        start = stop + 1


@compiled
def adam_rows(
    weight: Floats,
    gradient: Floats,
    first: Floats,
    second: Floats,
    marks: Flags,
    rule: AdamRule,
    times: int,
    start: int,
    stop: int,
) -> None:
    """Step number `times` for the marked rows among start … stop − 1; arrays are `(rows, numbers)`, marks `(rows,)`."""
    step = adam_step(rule, times)
    for row in range(start, stop):
        if marks[row]:
            adam(weight[row], gradient[row], first[row], second[row], step)
