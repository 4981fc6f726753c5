"""LinUCB: argmax_a θ̂·x_a + w √(x_aᵀ V⁻¹ x_a), θ̂ and V those of `bandits.policies.base.linear`.

w = `alpha` (Li, Chu, Langford & Schapire 2010, algorithm 1), or the radius within which θ lies for all t with
probability 1 − δ: w = R √(2 ln(√(det V / det λI) / δ)) + √λ S, S ≥ ‖θ‖ (Abbasi-Yadkori, Pál & Szepesvári 2011, theorem
2), R the standard deviation of the noise. Disjoint models take δ/K in the place of δ.
"""

import math
from collections.abc import Sequence
from typing import Any

from pydantic import Field

from bandits.policies.base.linear import (
    BASE,
    DIMENSION,
    INDEX,
    LEVEL,
    NOISE,
    PART,
    SQUARE,
    VOLUME,
    Linear,
    layout,
    update,
    update_disjoint,
    values,
)
from bandits.policy import Floats, Functions
from bandits.problem_kinds import Kind, Placement
from bandits.simulator.randomness import best
from bandits.testbed import Testbed
from bandits.theory.bounds.statement import Bound, Problem
from explore.numerics.compiled import kernel_part


@kernel_part
def _squares(state: Floats, own: int) -> None:
    """xᵀ V⁻¹ x of each arm, ‖Sᵀx‖², into SQUARE."""
    d, first, step = layout(state, own)
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
    values(state, d * d, own)
    _squares(state, own)
    for arm in range(state.shape[1]):
        width = state[NOISE, 0] * math.sqrt(state[VOLUME, own * arm] + state[LEVEL, 0]) + state[BASE, 0]
        state[INDEX, arm] += width * math.sqrt(state[SQUARE, arm])
    return best(state[INDEX], rng)


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """LinUCB, one θ."""
    return _optimistic(state, rng, 0)


@kernel_part
def select_disjoint(state: Floats, t: int, rng: Any) -> int:
    """LinUCB, a θ for each arm."""
    return _optimistic(state, rng, 1)


class LinUCB(Linear):
    """LinUCB, also known as OFUL where the width is the confidence radius."""

    rule = "the largest plausible linear reward in this context"
    good_for = "contexts in which rewards are linear"
    needs = "a testbed with contexts; the noise, or the width of the bound"
    source = "Li et al. 2010; Abbasi-Yadkori et al. 2011"
    recommended_for = (Placement(Kind.CONTEXTS, 2),)
    compared_on = (Placement(Kind.CONTEXTS, 3),)
    bounds_assume = "linear contexts"

    class Settings(Linear.Settings):
        alpha: float = Field(0.0, ge=0, description="constant width of the bound; 0 for the confidence radius")
        delta: float = Field(0.05, gt=0, lt=1, description="probability δ that the confidence radius is ever too small")
        norm: float = Field(1.0, gt=0, description="S, an upper bound of the length of θ")

    def functions(self, bed: Testbed) -> Functions:
        """The pair of the model."""
        return (select_disjoint, update_disjoint) if self.disjoint(bed) else (select, update)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """Nothing learned."""
        settings, models = self.settings, bed.arms if self.disjoint(bed) else 1
        if settings.alpha > 0.0:
            return self.start(bed, 0.0, 0.0, settings.alpha)
        level = 2.0 * math.log(models / settings.delta)
        return self.start(bed, math.sqrt(bed.variance), level, math.sqrt(settings.ridge) * settings.norm)

    def bounds(self, problem: Problem) -> Sequence[Bound]:
        """2w√(2Tdm ln(1 + TL²/(dmλ))) + 2δTLS for m models, whatever contexts of length L come; m is 1, or K disjoint.

        With probability 1 − δ every θ lies within its radius for ever (theorem 2, δ/m for each). Then a pull of arm a
        loses at most 2w‖x‖ in the norm of V⁻¹, by optimism, and at most 2LS; w = max(LS, √λ S + R√(2 ln(m/δ) +
        d ln(1 + TL²/dλ))) is never below the radius, as det V ≤ (λ + TL²/d)^d. So the regret is at most
        2wΣ min(1, ‖x‖), and Σ min(1, ‖x‖²) ≤ 2Σ ln(det V/λ^d) ≤ 2dm ln(1 + TL²/(dmλ)). Where θ is outside, 2LS is lost
        per pull. The paper has 4 in the place of √8, for means in [−1, 1], and states it with that probability, not
        in the mean.
        """
        settings = self.settings
        disjoint = (problem.linear if settings.model == "auto" else settings.model) == "disjoint"
        if not problem.linear or problem.lengths is None or not math.isfinite(problem.proxy):
            return []
        context, parameter = problem.lengths
        if settings.alpha > 0.0 or settings.norm < parameter or (problem.linear == "disjoint" and not disjoint):
            return []
        horizon, d, models = problem.horizon, problem.dimension, problem.arms if disjoint else 1
        volume = d * math.log1p(horizon * context**2 / (d * settings.ridge))
        radius = math.sqrt(settings.ridge) * settings.norm
        radius += math.sqrt(problem.proxy * (2.0 * math.log(models / settings.delta) + volume))
        length = d * models * math.log1p(horizon * context**2 / (d * models * settings.ridge))
        reach = context * parameter
        value = 2.0 * max(reach, radius) * math.sqrt(2.0 * horizon * length) + 2.0 * settings.delta * horizon * reach
        formula = "2w√(2Tdm ln(1+TL²/dmλ)) + 2δTLS, w = √λS + R√(2 ln(m/δ) + d ln(1+TL²/dλ))"
        source = "Abbasi-Yadkori, Pál & Szepesvári 2011, Theorem 3"
        return [Bound("LinUCB", value, formula, source, kind="worst case", note="for any contexts of that length")]
