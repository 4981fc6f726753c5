"""Policies that observe a context x_a of each arm and assume the mean θ·x_a: ridge regression, then optimism or a draw.

    V = λI + Σ x xᵀ,   θ̂ = V⁻¹ Σ r x,   over the contexts x of the pulled arms and their rewards r

`model=disjoint` has V and θ̂ for each arm, of its own pulls (Li et al. 2010); `auto` chooses by the testbed.

V⁻¹ is kept as a square root, V⁻¹ = S Sᵀ, and brought up to date by the rank-one formula of Sherman & Morrison in
Potter's form (Battin 1964), which keeps V⁻¹ positive definite whatever the rounding: with f = Sᵀx and g = S f,

    θ̂ ← θ̂ + g (r − θ̂·x) / (1 + f·f),   S ← S − g fᵀ / (1 + f·f + √(1 + f·f)),   ln det V ← ln det V + ln(1 + f·f)
"""

import math
from typing import Any, Literal

import numpy as np
from pydantic import Field

from bandits.policy import Floats, Policy, rows
from bandits.testbed import Testbed
from explore.core.spec import Settings
from explore.errors import BadInput
from explore.numerics.compiled import kernel_part

# The model follows these rows, as the numbers S (d × d), θ̂ (d), f (d) and g (d): a shared one from end to end of the
# rows; of disjoint ones each in the column of its arm. The contexts are the last d rows.
DIMENSION, NOISE, LEVEL, BASE, VOLUME, INDEX, PART, SQUARE, MODEL = range(9)
MOST_NUMBERS = 10**8  # in a state


@kernel_part
def layout(state: Floats, own: int) -> tuple[int, int, int]:
    """The dimension, where the model begins in the flat state, and the step from one of its numbers to the next."""
    return int(state[DIMENSION, 0]), MODEL * state.shape[1], state.shape[1] if own else 1


@kernel_part
def _regress(state: Floats, arm: int, reward: float, own: int) -> None:
    """The rank-one update; the context is still in the column of the arm."""
    d, first, step = layout(state, own)
    flat, shown = state.reshape(-1), state[len(state) - d :]
    root = first + own * arm
    theta, f, g = root + d * d * step, root + (d * d + d) * step, root + (d * d + 2 * d) * step
    error, length = reward, 1.0
    for j in range(d):
        flat[f + j * step] = 0.0
    for i in range(d):
        x = shown[i, arm]
        error -= flat[theta + i * step] * x
        for j in range(d):
            flat[f + j * step] += flat[root + (i * d + j) * step] * x
    for j in range(d):
        length += flat[f + j * step] ** 2
    scale = 1.0 / (length + math.sqrt(length))
    for i in range(d):
        along = 0.0
        for j in range(d):
            along += flat[root + (i * d + j) * step] * flat[f + j * step]
        flat[g + i * step] = along
        flat[theta + i * step] += along * error / length
        for j in range(d):
            flat[root + (i * d + j) * step] -= scale * along * flat[f + j * step]
    state[VOLUME, own * arm] += math.log(length)


@kernel_part
def values(state: Floats, place: int, own: int) -> None:
    """θ·x of each arm into INDEX, θ being the d numbers of the model from number `place` on."""
    d, first, step = layout(state, own)
    flat, shown = state.reshape(-1), state[len(state) - d :]
    for arm in range(state.shape[1]):
        state[INDEX, arm] = 0.0
    for i in range(d):
        for arm in range(state.shape[1]):
            state[INDEX, arm] += flat[first + (place + i) * step + own * arm] * shown[i, arm]


@kernel_part
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """Ridge regression, one θ."""
    _regress(state, arm, reward, 0)


@kernel_part
def update_disjoint(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """Ridge regression, a θ for each arm."""
    _regress(state, arm, reward, 1)


class Linear(Policy):
    """Base class of the linear policies."""

    class Settings(Settings):
        model: Literal["auto", "shared", "disjoint"] = Field(
            "auto", description="one θ for all arms, or one for each; auto: as the testbed has them"
        )
        ridge: float = Field(1.0, gt=0, description="λ, the weight of the penalty on the size of θ")

    def disjoint(self, bed: Testbed) -> bool:
        """Whether each arm has a model of its own; BadInput where the testbed shows no contexts."""
        if not bed.linear:
            raise BadInput(f"{type(self).__name__} needs contexts, which this testbed does not have: take linear.")
        return (bed.linear if self.settings.model == "auto" else self.settings.model) == "disjoint"

    def start(self, bed: Testbed, noise: float, level: float, base: float) -> Floats:
        """Nothing learned: V = λI, θ̂ = 0."""
        d, disjoint = bed.context_rows, self.disjoint(bed)
        numbers = d * d + 3 * d
        length = numbers if disjoint else -(-numbers // bed.arms)
        if length * bed.arms > MOST_NUMBERS:
            raise BadInput(
                f"{bed.arms} arms of dimension {d} are {length * bed.arms:,} numbers to keep in every run, "
                f"and at most {MOST_NUMBERS:,} are possible: take fewer arms, a smaller dimension or model=shared."
            )
        model = np.zeros((length, bed.arms))
        diagonal = np.arange(d) * (d + 1)
        if disjoint:
            model[diagonal] = self.settings.ridge**-0.5
        else:
            model.reshape(-1)[diagonal] = self.settings.ridge**-0.5
        return np.vstack([rows(bed.arms, float(d), noise, level, base, 0.0, 0.0, 0.0, 0.0), model])
