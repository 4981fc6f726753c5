"""The gradient bandit (Sutton & Barto 2018, section 2.8): stochastic gradient ascent on preferences H.

    π(a) = e^{H(a)} / Σ_b e^{H(b)}
    H(a) ← H(a) + α (R − R̄)(1[a = A] − π(a))

R̄ is the average of the rewards so far, this one included; without baseline it is 0.
"""

import math
from typing import Any

from pydantic import Field

from bandits.policy import Floats, Policy, rows
from bandits.simulator.randomness import uniform
from bandits.testbed import Testbed
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part

ALPHA, BASELINE, AVERAGE, STEPS, PREFERENCES, PROBABILITIES = range(6)


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """An arm drawn from the softmax of the preferences."""
    preferences, probabilities = state[PREFERENCES], state[PROBABILITIES]
    top = preferences.max()
    total = 0.0
    for arm in range(len(preferences)):
        probabilities[arm] = math.exp(preferences[arm] - top)
        total += probabilities[arm]
    for arm in range(len(preferences)):
        probabilities[arm] /= total
    left = uniform(rng)
    for arm in range(len(preferences) - 1):
        left -= probabilities[arm]
        if left < 0.0:
            return arm
    return len(preferences) - 1


@kernel_part
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """One step of gradient ascent."""
    state[STEPS, 0] += 1.0
    state[AVERAGE, 0] += (reward - state[AVERAGE, 0]) / state[STEPS, 0]
    step = state[ALPHA, 0] * (reward - state[BASELINE, 0] * state[AVERAGE, 0])
    for other in range(state.shape[1]):
        state[PREFERENCES, other] -= step * state[PROBABILITIES, other]
    state[PREFERENCES, arm] += step


class Gradient(Policy):
    """The gradient bandit."""

    class Settings(Settings):
        alpha: float = Field(0.1, gt=0, description="step size")
        baseline: bool = Field(True, description="whether rewards are compared with their average")

    select = staticmethod(select)
    update = staticmethod(update)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """All preferences equal."""
        return rows(bed.arms, self.settings.alpha, float(self.settings.baseline), 0.0, 0.0, 0.0, 0.0)
