"""The gradient bandit (Sutton & Barto 2018, section 2.8): stochastic gradient ascent on preferences H.

    π(a) = e^{H(a)} / Σ_b e^{H(b)}
    H(a) ← H(a) + α (R − R̄)(1[a = A] − π(a))

R̄ is the average of the rewards so far, this one included; without baseline it is 0. Rewards are in units of `scale`.
"""

import math
from typing import Any

from pydantic import Field

from bandits.policies.base.assumptions import constant_means, no_contexts
from bandits.policy import Floats, Policy, rows
from bandits.problem_kinds import Kind, Placement
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


def baseline_needed(policy: Policy, bed: Testbed, horizon: int) -> str:
    """There is a baseline, or rewards are around 0."""
    if not policy.settings.baseline and not bed.prior.startswith("N(0,"):
        return "has no baseline: whatever pays more than 0 raises its arm's preference, the best arm or not"
    return ""


def step_fits(policy: Policy, bed: Testbed, horizon: int) -> str:
    """A reward of one standard deviation moves a preference by less than one."""
    deviation = bed.variance**0.5
    step = policy.settings.alpha / policy.settings.scale * deviation
    if not 1.0 < step < math.inf:
        return ""
    return (
        f"a reward one standard deviation off moves a preference by {step:.3g}, as far as the first few rewards decide "
        f"its choice; scale={deviation:.4g} fits"
    )


class Gradient(Policy):
    """The gradient bandit."""

    rule = "softmax of preferences, which move by gradient ascent"
    good_for = "an example of a policy-gradient method; keep the baseline"
    needs = "a step size of about 0.1"
    source = "Sutton & Barto 2018, 2.8"
    compared_on = (Placement(Kind.GAUSSIAN, 5, "alpha=0.1,baseline=true"),)
    assumptions = (no_contexts, constant_means, baseline_needed, step_fits)

    class Settings(Settings):
        alpha: float = Field(0.1, gt=0, description="step size")
        baseline: bool = Field(True, description="whether rewards are compared with their average")
        scale: float = Field(
            1.0, ge=1e-100, le=1e100, description="size of a reward, the unit in which rewards are counted"
        )

    draw_rows = (PROBABILITIES,)
    select = staticmethod(select)
    update = staticmethod(update)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """All preferences equal."""
        step = self.settings.alpha / self.settings.scale
        return rows(bed.arms, step, float(self.settings.baseline), 0.0, 0.0, 0.0, 0.0)
