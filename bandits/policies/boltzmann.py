"""Boltzmann exploration: π(a) ∝ e^{Q(a)/τ_t}, τ_t = τ / t^decay (softmax of Sutton & Barto 1998, section 2.3; decay 0).

Q is the sample average, or with `alpha` > 0 moves by that constant step, for arms that change. The Gumbel distribution
makes a softmax of a maximum: argmax(x + τZ) has the probabilities e^{x/τ}.
"""

from typing import Any

from pydantic import Field

from bandits.policies.base.action_value import FIRST_OWN, VALUES, update
from bandits.policies.base.assumptions import constant_means_unless_constant_step, no_contexts
from bandits.policies.base.gumbel import gumbel
from bandits.policy import Floats, Policy, rows
from bandits.simulator.randomness import best
from bandits.testbed import Testbed
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part

TEMPERATURE, DECAY, INDEX = range(FIRST_OWN, FIRST_OWN + 3)
LARGE = 10.0  # a temperature of so many largest gaps makes nearly uniform choices


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """The softmax of the averages."""
    temperature = state[TEMPERATURE, 0] / float(t) ** state[DECAY, 0]
    for arm in range(state.shape[1]):
        state[INDEX, arm] = state[VALUES, arm] + temperature * gumbel(rng)
    return best(state[INDEX], rng)


def temperature_fits(policy: Policy, bed: Testbed, horizon: int) -> str:
    """The temperature at the end is on the scale of the gaps."""
    if bed.means is None or bed.non_stationary:
        return ""
    gap = float(bed.means.max() - bed.means.min())
    temperature = policy.settings.temperature * policy.settings.scale / horizon**policy.settings.decay
    if 0.0 < LARGE * gap <= temperature:
        return f"its temperature {temperature:.3g} is far above the largest gap, {gap:.3g}: it chooses nearly uniformly"
    return ""


class Boltzmann(Policy):
    """Softmax of the estimated values."""

    rule = "arms with probabilities ∝ e^{Q/τ}"
    good_for = "graded exploration by value; with a constant temperature exploration never ends"
    needs = "a temperature on the scale of the gaps"
    source = "Sutton & Barto 1998, 2.3"
    assumptions = (no_contexts, constant_means_unless_constant_step, temperature_fits)

    class Settings(Settings):
        temperature: float = Field(0.2, gt=0, description="τ, on the scale of the gaps between the arms")
        decay: float = Field(0.0, ge=0, description="exponent of t by which the temperature falls")
        alpha: float = Field(0.0, ge=0, le=1, description="constant step size; 0 for the sample average")
        scale: float = Field(1.0, ge=1e-100, le=1e100, description="size of a reward, the unit of `temperature`")

    select = staticmethod(select)
    update = staticmethod(update)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls."""
        settings = self.settings
        return rows(bed.arms, settings.alpha, 0.0, 0.0, settings.temperature * settings.scale, settings.decay, 0.0)
