"""Boltzmann–Gumbel exploration: the largest Q(a) + C Z_a / √n(a), Z_a of the standard Gumbel distribution; an arm not
yet pulled goes first (Cesa-Bianchi, Gentile, Lugosi & Neu 2017, equation 5; C² = 1 suits rewards in [0, 1])."""

import math
from typing import Any

from pydantic import Field

from bandits.policies.base.action_value import FIRST_OWN, PULLS, VALUES, update
from bandits.policies.base.assumptions import constant_means, no_contexts
from bandits.policies.base.gumbel import gumbel
from bandits.policies.base.scale import width_fits
from bandits.policy import Floats, Policy, rows
from bandits.problem_kinds import Kind, Placement
from bandits.simulator.randomness import best
from bandits.testbed import Testbed
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part

NOISE, INDEX = FIRST_OWN, FIRST_OWN + 1


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """Noise that shrinks with the arm's own pulls."""
    for arm in range(state.shape[1]):
        pulls = state[PULLS, arm]
        if pulls > 0.0:
            state[INDEX, arm] = state[VALUES, arm] + state[NOISE, 0] / math.sqrt(pulls) * gumbel(rng)
        else:
            state[INDEX, arm] = math.inf
    return best(state[INDEX], rng)


class BoltzmannGumbel(Policy):
    """Boltzmann–Gumbel exploration."""

    rule = "the largest Q + C·Gumbel/√n"
    good_for = "softmax exploration with a proof: the noise of each arm shrinks with its own pulls"
    needs = "the scale of the noise"
    source = "Cesa-Bianchi et al. 2017"
    recommended_for = (Placement(Kind.DELAYED, 2),)
    compared_on = (Placement(Kind.OTHER, 2),)
    assumptions = (no_contexts, constant_means, width_fits)

    class Settings(Settings):
        c: float = Field(1.0, gt=0, description="size of the noise, in units of `scale`")
        scale: float = Field(
            1.0, ge=1e-100, le=1e100, description="standard deviation of a reward that `c` is a multiple of"
        )

    select = staticmethod(select)
    update = staticmethod(update)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls."""
        return rows(bed.arms, 0.0, 0.0, 0.0, self.settings.c * self.settings.scale, 0.0)
