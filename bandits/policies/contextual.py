"""Policies that see a context x_a of each arm and take its mean to be θ·x_a: ridge regression, then optimism or a draw.

    V = λI + Σ x xᵀ,   θ̂ = V⁻¹ Σ r x,   over the contexts x of the pulled arms and their rewards r

`lin-ucb`  argmax_a θ̂·x_a + w √(x_aᵀ V⁻¹ x_a)
           w = `alpha` (Li, Chu, Langford & Schapire 2010, algorithm 1), or the radius within which θ lies for all t
           with probability 1 − δ: w = R √(2 ln(√(det V / det λI) / δ)) + √λ S, S ≥ ‖θ‖
           (Abbasi-Yadkori, Pál & Szepesvári 2011, theorem 2)
`lin-ts`   argmax_a θ̃·x_a, θ̃ drawn from N(θ̂, v² R² V⁻¹); with v = 1 the posterior of the prior N(0, R²/λ I)
           (Agrawal & Goyal 2013, algorithm 1, where the proof needs v = √(9 d ln(t/δ)))

R is the standard deviation of the noise. `model=disjoint` has V and θ̂ for each arm, of its own pulls (Li et al.), and
δ/K in the place of δ; `auto` does what suits the testbed.

V⁻¹ is kept as a square root, V⁻¹ = S Sᵀ, and brought up to date by the rank-one formula of Sherman & Morrison in
Potter's form (Battin 1964), which keeps V⁻¹ positive definite whatever the rounding: with f = Sᵀx and g = S f,

    θ̂ ← θ̂ + g (r − θ̂·x) / (1 + f·f),   S ← S − g fᵀ / (1 + f·f + √(1 + f·f)),   ln det V ← ln det V + ln(1 + f·f)
"""

import math
from typing import Any, Literal

import numpy as np
from pydantic import Field

from bandits.policy import Floats, Functions, Policy, rows
from bandits.simulator.randomness import best, normal
from bandits.testbed import Testbed
from explore.core.spec import Settings
from explore.errors import BadInput
from explore.numerics.compiled import kernel_part

# The model follows these rows, as the numbers S (d × d), θ̂ (d), f (d) and g (d): a shared one from end to end of the
# rows; of disjoint ones each in the column of its arm. The contexts are the last d rows.
DIMENSION, NOISE, LEVEL, BASE, VOLUME, INDEX, PART, SQUARE, MODEL = range(9)
MOST = 10**8  # numbers in a state


@kernel_part
def _layout(state: Floats, own: int) -> tuple[int, int, int]:
    """The dimension, where the model begins in the flat state, and the step from one of its numbers to the next."""
    return int(state[DIMENSION, 0]), MODEL * state.shape[1], state.shape[1] if own else 1


@kernel_part
def _regress(state: Floats, arm: int, reward: float, own: int) -> None:
    """The rank-one update; the context is still in the column of the arm."""
    d, first, step = _layout(state, own)
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
def _values(state: Floats, place: int, own: int) -> None:
    """θ·x of each arm into INDEX, θ being the d numbers of the model from number `place` on."""
    d, first, step = _layout(state, own)
    flat, shown = state.reshape(-1), state[len(state) - d :]
    for arm in range(state.shape[1]):
        state[INDEX, arm] = 0.0
    for i in range(d):
        for arm in range(state.shape[1]):
            state[INDEX, arm] += flat[first + (place + i) * step + own * arm] * shown[i, arm]


@kernel_part
def _squares(state: Floats, own: int) -> None:
    """xᵀ V⁻¹ x of each arm, ‖Sᵀx‖², into SQUARE."""
    d, first, step = _layout(state, own)
    flat, shown = state.reshape(-1), state[len(state) - d :]
    for arm in range(state.shape[1]):
        state[SQUARE, arm] = 0.0
    for j in range(d):
        for arm in range(state.shape[1]):
            state[PART, arm] = 0.0
        for i in range(d):
            for arm in range(state.shape[1]):
                state[PART, arm] += flat[first + (i * d + j) * step + own * arm] * shown[i, arm]
        for arm in range(state.shape[1]):
            state[SQUARE, arm] += state[PART, arm] ** 2


@kernel_part
def _optimistic(state: Floats, rng: Any, own: int) -> int:
    """The largest upper confidence bound."""
    d = int(state[DIMENSION, 0])
    _values(state, d * d, own)
    _squares(state, own)
    for arm in range(state.shape[1]):
        width = state[NOISE, 0] * math.sqrt(state[VOLUME, own * arm] + state[LEVEL, 0]) + state[BASE, 0]
        state[INDEX, arm] += width * math.sqrt(state[SQUARE, arm])
    return best(state[INDEX], rng)


@kernel_part
def _drawn(state: Floats, rng: Any, own: int) -> int:
    """The largest value under a draw of θ, g in the model; the normal numbers of the draw are f."""
    d, first, step = _layout(state, own)
    flat = state.reshape(-1)
    for model in range(state.shape[1] if own else 1):
        root = first + model
        for j in range(d):
            flat[root + (d * d + d + j) * step] = state[NOISE, 0] * normal(rng)
        for i in range(d):
            theta = flat[root + (d * d + i) * step]
            for j in range(d):
                theta += flat[root + (i * d + j) * step] * flat[root + (d * d + d + j) * step]
            flat[root + (d * d + 2 * d + i) * step] = theta
    _values(state, d * d + 2 * d, own)
    return best(state[INDEX], rng)


@kernel_part
def select_ucb(state: Floats, t: int, rng: Any) -> int:
    """LinUCB, one θ."""
    return _optimistic(state, rng, 0)


@kernel_part
def select_ucb_disjoint(state: Floats, t: int, rng: Any) -> int:
    """LinUCB, a θ for each arm."""
    return _optimistic(state, rng, 1)


@kernel_part
def select_ts(state: Floats, t: int, rng: Any) -> int:
    """LinTS, one θ."""
    return _drawn(state, rng, 0)


@kernel_part
def select_ts_disjoint(state: Floats, t: int, rng: Any) -> int:
    """LinTS, a θ for each arm."""
    return _drawn(state, rng, 1)


@kernel_part
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """Ridge regression, one θ."""
    _regress(state, arm, reward, 0)


@kernel_part
def update_disjoint(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """Ridge regression, a θ for each arm."""
    _regress(state, arm, reward, 1)


class _Linear(Policy):
    """What the two share."""

    class Settings(Settings):
        model: Literal["auto", "shared", "disjoint"] = Field(
            "auto", description="one θ for all arms, or one for each; auto: as the testbed has them"
        )
        ridge: float = Field(1.0, gt=0, description="λ, the weight of the penalty on the size of θ")

    def disjoint(self, bed: Testbed) -> bool:
        """Whether each arm has a model of its own; BadInput where the testbed shows no contexts."""
        if not bed.linear:
            raise BadInput(f"{type(self).__name__} needs contexts, which this testbed does not show: take linear.")
        return (bed.linear if self.settings.model == "auto" else self.settings.model) == "disjoint"

    def start(self, bed: Testbed, noise: float, level: float, base: float) -> Floats:
        """Nothing learned: V = λI, θ̂ = 0."""
        d, disjoint = bed.context_rows, self.disjoint(bed)
        numbers = d * d + 3 * d
        length = numbers if disjoint else -(-numbers // bed.arms)
        if length * bed.arms > MOST:
            raise BadInput(
                f"{bed.arms} arms of dimension {d} are {length * bed.arms:,} numbers to keep in every run, "
                f"and at most {MOST:,} are possible: take fewer arms, a smaller dimension or model=shared."
            )
        model = np.zeros((length, bed.arms))
        diagonal = np.arange(d) * (d + 1)
        if disjoint:
            model[diagonal] = self.settings.ridge**-0.5
        else:
            model.reshape(-1)[diagonal] = self.settings.ridge**-0.5
        return np.vstack([rows(bed.arms, float(d), noise, level, base, 0.0, 0.0, 0.0, 0.0), model])


class LinUCB(_Linear):
    """LinUCB, also known as OFUL where the width is the confidence radius."""

    class Settings(_Linear.Settings):
        alpha: float = Field(0.0, ge=0, description="constant width of the bound; 0 for the confidence radius")
        delta: float = Field(0.05, gt=0, lt=1, description="chance δ that the confidence radius is ever too small")
        norm: float = Field(1.0, gt=0, description="S, an upper bound of the length of θ")

    def functions(self, bed: Testbed) -> Functions:
        """The pair of the model."""
        return (select_ucb_disjoint, update_disjoint) if self.disjoint(bed) else (select_ucb, update)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """Nothing learned."""
        chosen, models = self.settings, bed.arms if self.disjoint(bed) else 1
        if chosen.alpha > 0.0:
            return self.start(bed, 0.0, 0.0, chosen.alpha)
        level = 2.0 * math.log(models / chosen.delta)
        return self.start(bed, math.sqrt(bed.variance), level, math.sqrt(chosen.ridge) * chosen.norm)


class LinTS(_Linear):
    """Linear Thompson sampling."""

    class Settings(_Linear.Settings):
        scale: float = Field(1.0, gt=0, description="v, the spread of the draws in units of the noise")

    def functions(self, bed: Testbed) -> Functions:
        """The pair of the model."""
        return (select_ts_disjoint, update_disjoint) if self.disjoint(bed) else (select_ts, update)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """Nothing learned."""
        return self.start(bed, self.settings.scale * math.sqrt(bed.variance), 0.0, 0.0)
