"""Forgetting old rewards, for arms that change: discounted sums, or sums over a sliding window of steps.

Where rewards may leave [0, 1], the Thompson policies draw from the posterior of Gaussian arms under the prior N(0, s²),
s = `scale`, with the same sums: N(S/(N + σ²/s²), σ²/(N + σ²/s²)). B is the range of the rewards: 1 for rewards in
[0, 1], else 2σ, which has the same sub-Gaussian width.
"""

import math
from typing import Any

import numpy as np
from pydantic import Field

from bandits.policies.base.rewards import coin
from bandits.policy import Floats, Policy, rows
from bandits.simulator.randomness import best, beta, normal
from bandits.testbed import Testbed
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part

# MEMORY is γ or τ; SCALE is ξ, or the standard deviation of the prior; RING: arm and reward of each step.
MEMORY, SCALE, RANGE, TIME, PULLS, SUMS, INDEX, RING = range(8)


@kernel_part
def _fade(state: Floats, arm: int, reward: float) -> None:
    """Discount all, add one."""
    for other in range(state.shape[1]):
        state[PULLS, other] *= state[MEMORY, 0]
        state[SUMS, other] *= state[MEMORY, 0]
    state[PULLS, arm] += 1.0
    state[SUMS, arm] += reward


@kernel_part
def _slide(state: Floats, arm: int, reward: float) -> None:
    """Drop the step that leaves the window, add one."""
    arms, window, now = state.shape[1], int(state[MEMORY, 0]), int(state[TIME, 0])
    row, column = RING + 2 * (now % window // arms), now % window % arms
    if now >= window:
        old = int(state[row, column])
        state[PULLS, old] -= 1.0
        state[SUMS, old] -= state[row + 1, column]
    state[row, column], state[row + 1, column] = float(arm), reward
    state[PULLS, arm] += 1.0
    state[SUMS, arm] += reward
    state[TIME, 0] += 1.0


@kernel_part
def largest(state: Floats, level: float, factor: float, rng: Any) -> int:
    for arm in range(state.shape[1]):
        pulls = state[PULLS, arm]
        if pulls > 1e-12:
            width = factor * state[RANGE, 0] * math.sqrt(state[SCALE, 0] * max(level, 0.0) / pulls)
            state[INDEX, arm] = state[SUMS, arm] / pulls + width
        else:
            state[INDEX, arm] = math.inf
    return best(state[INDEX], rng)


@kernel_part
def select_beta(state: Floats, t: int, rng: Any) -> int:
    """The largest draw of the posteriors."""
    for arm in range(state.shape[1]):
        won = max(state[SUMS, arm], 0.0)
        state[INDEX, arm] = beta(rng, 1.0 + won, 1.0 + max(state[PULLS, arm] - won, 0.0))
    return best(state[INDEX], rng)


@kernel_part
def select_gaussian(state: Floats, t: int, rng: Any) -> int:
    """The largest draw of Gaussian posteriors; RANGE is 2σ."""
    variance = 0.25 * state[RANGE, 0] * state[RANGE, 0]
    ratio = variance / (state[SCALE, 0] * state[SCALE, 0])
    for arm in range(state.shape[1]):
        precision = max(state[PULLS, arm], 0.0) + ratio
        state[INDEX, arm] = state[SUMS, arm] / precision + math.sqrt(variance / precision) * normal(rng)
    return best(state[INDEX], rng)


@kernel_part
def update_discounted(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """Discounted sums."""
    _fade(state, arm, reward)


@kernel_part
def update_window(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """Sums over the window."""
    _slide(state, arm, reward)


@kernel_part
def update_discounted_coin(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """Discounted successes and failures."""
    _fade(state, arm, coin(reward, rng))


@kernel_part
def update_window_coin(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """Successes and failures in the window."""
    _slide(state, arm, coin(reward, rng))


class Discounted(Policy):
    """Base class of the discounting policies."""

    class Settings(Settings):
        discount: float = Field(0.99, gt=0, lt=1, description="weight γ of what is one step older")

    def width(self, bed: Testbed) -> tuple[float, float]:
        """SCALE and RANGE."""
        return 0.0, reward_range(bed)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls."""
        return rows(bed.arms, self.settings.discount, *self.width(bed), 0.0, 0.0, 0.0, 0.0)


class Windowed(Policy):
    """Base class of the policies with a sliding window."""

    class Settings(Settings):
        window: int = Field(500, ge=1, le=10_000_000, description="steps τ that are remembered")

    def width(self, bed: Testbed) -> tuple[float, float]:
        """SCALE and RANGE."""
        return 0.0, reward_range(bed)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls, and memory for the window."""
        window = min(self.settings.window, horizon)
        own = rows(bed.arms, float(window), *self.width(bed), 0.0, 0.0, 0.0, 0.0)
        return np.vstack([own, np.zeros((2 * -(-window // bed.arms), bed.arms))])


def reward_range(bed: Testbed) -> float:
    """B."""
    return 1.0 if bed.bounded else 2.0 * math.sqrt(bed.variance)


def window_fits(policy: Policy, bed: Testbed, horizon: int) -> str:
    """The window is shorter than the horizon."""
    if bed.non_stationary and not bed.context_rows and policy.settings.window >= horizon:
        return "has a window as long as the horizon: it forgets nothing here"
    return ""
