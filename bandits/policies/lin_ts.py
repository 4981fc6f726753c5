"""Linear Thompson sampling: argmax_a θ̃·x_a, θ̃ drawn from N(θ̂, v² R² V⁻¹), θ̂ and V those of
`bandits.policies.base.linear`, R the standard deviation of the noise.

With v = 1 it is the posterior of the prior N(0, R²/λ I) (Agrawal & Goyal 2013, algorithm 1, where the proof needs
v = √(9 d ln(t/δ))).
"""

import math
from typing import Any

from pydantic import Field

from bandits.policies.base.linear import INDEX, NOISE, Linear, layout, update, update_disjoint, values
from bandits.policy import Floats, Functions
from bandits.problem_kinds import Kind, Placement
from bandits.simulator.randomness import best, normal
from bandits.testbed import Testbed
from explore.numerics.compiled import kernel_part


@kernel_part
def _drawn(state: Floats, rng: Any, own: int) -> int:
    """The largest value under a draw of θ, g in the model; the normal numbers of the draw are f."""
    d, first, step = layout(state, own)
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
    values(state, d * d + 2 * d, own)
    return best(state[INDEX], rng)


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """LinTS, one θ."""
    return _drawn(state, rng, 0)


@kernel_part
def select_disjoint(state: Floats, t: int, rng: Any) -> int:
    """LinTS, a θ for each arm."""
    return _drawn(state, rng, 1)


class LinTS(Linear):
    """Linear Thompson sampling."""

    rule = "the largest linear reward of parameters drawn from the posterior"
    good_for = "contexts in which rewards are linear, and delay"
    needs = "a testbed with contexts; the scale of the noise"
    source = "Agrawal & Goyal 2013"
    recommended_for = (Placement(Kind.CONTEXTS, 1),)
    compared_on = (Placement(Kind.CONTEXTS, 4),)

    class Settings(Linear.Settings):
        scale: float = Field(1.0, ge=1e-100, le=1e100, description="v, the spread of the draws in units of the noise")

    def functions(self, bed: Testbed) -> Functions:
        """The pair of the model."""
        return (select_disjoint, update_disjoint) if self.disjoint(bed) else (select, update)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """Nothing learned."""
        return self.start(bed, self.settings.scale * math.sqrt(bed.variance), 0.0, 0.0)
