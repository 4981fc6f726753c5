"""Forgetting what is old, for arms that change slowly.

`discounted-ucb`           X̄ + 2B√(ξ ln n / N), N = Σ_s γ^{t−s} 1[A_s = a], n = ΣN, X̄ the average with the same weights
                           Garivier & Moulines 2011, equation 3; ξ = 0.6
`sliding-window-ucb`       X̄ + B√(ξ ln min(t, τ) / N) over the last τ steps; their equation 5, ξ = 0.6
`discounted-thompson`      Beta(1 + S, 1 + F), S and F discounted by γ in every step; Raj & Kalyani 2017, algorithm 1
`sliding-window-thompson`  Beta(1 + S, 1 + F) over the last τ steps; Trovò, Paladino, Restelli & Gatti 2020

Where rewards may leave [0, 1], the two draw from the posterior of Gaussian arms under the prior N(0, 1) instead, with
the same discounted or windowed sums: N(S/(N + σ²), σ²/(N + σ²)). B is the range of the rewards: 1 for rewards in
[0, 1], else 2σ, which has the same sub-Gaussian width.
"""

import math
from typing import Any

import numpy as np
from pydantic import Field

from bandits.policies.shared import coin, is_bounded
from bandits.policy import Floats, Functions, Policy, rows
from bandits.simulator.randomness import best, beta, normal
from bandits.testbed import Testbed
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part

MEMORY, XI, RANGE, TIME, PULLS, SUMS, INDEX, RING = range(8)  # MEMORY is γ or τ; RING: arm and reward of each step


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
def _largest(state: Floats, level: float, factor: float, rng: Any) -> int:
    for arm in range(state.shape[1]):
        pulls = state[PULLS, arm]
        if pulls > 1e-12:
            width = factor * state[RANGE, 0] * math.sqrt(state[XI, 0] * max(level, 0.0) / pulls)
            state[INDEX, arm] = state[SUMS, arm] / pulls + width
        else:
            state[INDEX, arm] = math.inf
    return best(state[INDEX], rng)


@kernel_part
def select_discounted(state: Floats, t: int, rng: Any) -> int:
    """Discounted UCB."""
    total = 0.0
    for arm in range(state.shape[1]):
        total += state[PULLS, arm]
    return _largest(state, math.log(max(total, 1.0)), 2.0, rng)


@kernel_part
def select_window(state: Floats, t: int, rng: Any) -> int:
    """Sliding-window UCB."""
    return _largest(state, math.log(min(float(t), state[MEMORY, 0])), 1.0, rng)


@kernel_part
def select_draws(state: Floats, t: int, rng: Any) -> int:
    """The largest draw of the posteriors."""
    for arm in range(state.shape[1]):
        won = max(state[SUMS, arm], 0.0)
        state[INDEX, arm] = beta(rng, 1.0 + won, 1.0 + max(state[PULLS, arm] - won, 0.0))
    return best(state[INDEX], rng)


@kernel_part
def select_gaussian_draws(state: Floats, t: int, rng: Any) -> int:
    """The largest draw of Gaussian posteriors; RANGE is 2σ."""
    variance = 0.25 * state[RANGE, 0] * state[RANGE, 0]
    for arm in range(state.shape[1]):
        precision = max(state[PULLS, arm], 0.0) + variance
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


class _Discounted(Policy):
    """What the discounting policies share."""

    class Settings(Settings):
        discount: float = Field(0.99, gt=0, lt=1, description="weight γ of what is one step older")

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls."""
        return rows(bed.arms, self.settings.discount, *_width(self, bed), 0.0, 0.0, 0.0, 0.0)


class _Windowed(Policy):
    """What the policies with a window share."""

    class Settings(Settings):
        window: int = Field(500, ge=1, le=10_000_000, description="steps τ that are remembered")

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls, and room for the window."""
        window = min(self.settings.window, horizon)
        own = rows(bed.arms, float(window), *_width(self, bed), 0.0, 0.0, 0.0, 0.0)
        return np.vstack([own, np.zeros((2 * -(-window // bed.arms), bed.arms))])


def _width(policy: Policy, bed: Testbed) -> tuple[float, float]:
    """ξ, 0 for a policy without one, and the range B."""
    return getattr(policy.settings, "xi", 0.0), 1.0 if is_bounded(bed) else 2.0 * math.sqrt(bed.variance)


class DiscountedUCB(_Discounted):
    """Discounted UCB."""

    class Settings(_Discounted.Settings):
        xi: float = Field(0.6, gt=0, description="factor ξ under the root; the proof needs more than 1/2")

    select = staticmethod(select_discounted)
    update = staticmethod(update_discounted)


class SlidingWindowUCB(_Windowed):
    """Sliding-window UCB."""

    class Settings(_Windowed.Settings):
        xi: float = Field(0.6, gt=0, description="factor ξ under the root; the proof needs more than 1/2")

    select = staticmethod(select_window)
    update = staticmethod(update_window)


class DiscountedThompson(_Discounted):
    """Discounted Thompson sampling."""

    def functions(self, bed: Testbed) -> Functions:
        """By the testbed's family."""
        return (select_draws, update_discounted_coin) if is_bounded(bed) else (select_gaussian_draws, update_discounted)


class SlidingWindowThompson(_Windowed):
    """Sliding-window Thompson sampling."""

    def functions(self, bed: Testbed) -> Functions:
        """By the testbed's family."""
        return (select_draws, update_window_coin) if is_bounded(bed) else (select_gaussian_draws, update_window)
