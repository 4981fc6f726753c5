"""Chance weighted by value.

`boltzmann`         π(a) ∝ e^{Q(a)/τ_t}, τ_t = τ / t^decay (softmax of Sutton & Barto 1998, section 2.3; decay 0)
`boltzmann-gumbel`  the largest Q(a) + C Z_a / √n(a), Z_a of the standard Gumbel distribution; an arm not yet pulled
                    goes first (Cesa-Bianchi, Gentile, Lugosi & Neu 2017, equation 5; C² = 1 suits rewards in [0, 1])

Q is the sample average, or with `alpha` > 0 moves by that constant step, Q ← Q + α (R − Q), for arms that change.
The Gumbel distribution makes a softmax of a maximum: argmax(x + τZ) has the chances e^{x/τ}.
"""

import math
from typing import Any

from pydantic import Field

from bandits.policy import Floats, Policy, rows
from bandits.simulator.randomness import best, exponential
from bandits.testbed import Testbed
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part

SCALE, DECAY, ALPHA, VALUES, PULLS, INDEX = range(6)


@kernel_part
def gumbel(rng: Any) -> float:
    """A number of the standard Gumbel distribution."""
    return -math.log(max(exponential(rng), 1e-300))


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """The softmax of the averages."""
    temperature = state[SCALE, 0] / float(t) ** state[DECAY, 0]
    for arm in range(state.shape[1]):
        state[INDEX, arm] = state[VALUES, arm] + temperature * gumbel(rng)
    return best(state[INDEX], rng)


@kernel_part
def select_gumbel(state: Floats, t: int, rng: Any) -> int:
    """Noise that shrinks with the arm's own pulls."""
    for arm in range(state.shape[1]):
        pulls = state[PULLS, arm]
        if pulls > 0.0:
            state[INDEX, arm] = state[VALUES, arm] + state[SCALE, 0] / math.sqrt(pulls) * gumbel(rng)
        else:
            state[INDEX, arm] = math.inf
    return best(state[INDEX], rng)


@kernel_part
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """Move the arm's value towards the reward."""
    state[PULLS, arm] += 1.0
    step = state[ALPHA, 0] if state[ALPHA, 0] > 0.0 else 1.0 / state[PULLS, arm]
    state[VALUES, arm] += step * (reward - state[VALUES, arm])


class Boltzmann(Policy):
    """Softmax."""

    class Settings(Settings):
        temperature: float = Field(0.2, gt=0, description="τ, on the scale of the gaps between the arms")
        decay: float = Field(0.0, ge=0, description="exponent of t by which the temperature falls")
        alpha: float = Field(0.0, ge=0, le=1, description="constant step size; 0 for the sample average")

    select = staticmethod(select)
    update = staticmethod(update)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls."""
        return rows(bed.arms, self.settings.temperature, self.settings.decay, self.settings.alpha, 0.0, 0.0, 0.0)


class BoltzmannGumbel(Policy):
    """Boltzmann–Gumbel exploration."""

    class Settings(Settings):
        c: float = Field(1.0, gt=0, description="scale of the noise")

    select = staticmethod(select_gumbel)
    update = staticmethod(update)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls."""
        return rows(bed.arms, self.settings.c, 0.0, 0.0, 0.0, 0.0, 0.0)
