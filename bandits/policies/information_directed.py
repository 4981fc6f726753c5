"""Information-directed sampling (Russo & Van Roy 2018), by variance: the mixture of arms that minimises

    (π·Δ)² / (π·v),   Δ(a) = E[max_b μ_b] − E[μ_a],   v(a) = Var(E[μ_a | A*]) = Σ_{a*} p(a*) (E[μ_a | a*] − E[μ_a])²

the squared expected regret per variance that knowing the best arm A* explains; v bounds the information from below
(their section 6.2, algorithm 6). Two arms are always enough (proposition 6). Expectations are averages over `samples`
draws from the posterior: Beta(1 + S, 1 + n − S) of rewards in [0, 1]; of Gaussian arms N(S/(n + r), σ²/(n + r)),
r = σ²/s², for the prior N(0, s²), s = `scale`.

Where all draws agree on the best arm, Δ of that arm is 0, and so is every gain: its ratio is 0/0. It is pulled,
since its expected regret is 0; the gains of the other arms are only rounding errors then.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from pydantic import Field

from bandits.policies.base.assumptions import constant_means, no_contexts, normal_prior, rewards_of_family
from bandits.policies.base.divergence import family_of
from bandits.policies.base.rewards import coin
from bandits.policy import Floats, Functions, Policy, rows
from bandits.simulator.randomness import best, beta, normal, uniform
from bandits.testbed import Testbed
from bandits.theory.bounds.information_ratio import information_ratio
from bandits.theory.bounds.statement import Bound, Problem
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part

SAMPLES, VARIANCE, RATIO, PULLS, SUMS, MEANS, OPTIMAL, GAPS, GAINS, GIVEN = range(
    10
)  # GIVEN: one row per arm that may be best


@kernel_part
def _draw(state: Floats, arm: int, rng: Any) -> float:
    if state[VARIANCE, 0] == 0.0:
        return beta(rng, 1.0 + state[SUMS, arm], 1.0 + state[PULLS, arm] - state[SUMS, arm])
    precision = state[PULLS, arm] + state[RATIO, 0]
    return float(state[SUMS, arm] / precision + math.sqrt(state[VARIANCE, 0] / precision) * normal(rng))


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """Sample, then the best mixture of two arms."""
    arms, samples = state.shape[1], int(state[SAMPLES, 0])
    state[MEANS : GIVEN + arms] = 0.0
    drawn, reached = state[GAPS], 0.0
    for _ in range(samples):
        for arm in range(arms):
            drawn[arm] = _draw(state, arm, rng)
        top = best(drawn, rng)
        reached += drawn[top] / samples
        state[OPTIMAL, top] += 1.0
        for arm in range(arms):
            state[MEANS, arm] += drawn[arm] / samples
            state[GIVEN + top, arm] += drawn[arm]
    for arm in range(arms):
        gain = 0.0
        for top in range(arms):
            count = state[OPTIMAL, top]
            if count > 0.0:
                gain += count / samples * (state[GIVEN + top, arm] / count - state[MEANS, arm]) ** 2
        state[GAINS, arm] = gain
        state[GAPS, arm] = max(reached - state[MEANS, arm], 0.0)
    return mixture(state, rng)


@kernel_part
def mixture(state: Floats, rng: Any) -> int:
    """Draw from the mixture of two arms with the smallest squared regret per gain."""
    arms = state.shape[1]
    for arm in range(arms):
        if state[GAPS, arm] == 0.0:  # the best arm in every draw: exactly 0, as its mean is added up like `reached`
            return arm
    least, one, other, share = math.inf, -1, -1, 1.0
    for i in range(arms):
        for j in range(i + 1):
            first = best_share(state[GAPS, i], state[GAPS, j], state[GAINS, i], state[GAINS, j])
            gain = first * state[GAINS, i] + (1.0 - first) * state[GAINS, j]
            regret = first * state[GAPS, i] + (1.0 - first) * state[GAPS, j]
            if gain > 0.0 and regret * regret / gain < least:
                least, one, other, share = regret * regret / gain, i, j, first
    if one < 0:  # no gain at all: the smallest gap
        for arm in range(arms):
            state[GAINS, arm] = -state[GAPS, arm]
        return best(state[GAINS], rng)
    return one if uniform(rng) < share else other


@kernel_part
def best_share(gap: float, other_gap: float, gain: float, other_gain: float) -> float:
    """The q in [0, 1] that minimises (qΔ + (1 − q)Δ′)² / (qv + (1 − q)v′), which is convex in q."""
    slope, tilt = gap - other_gap, gain - other_gain
    # Where the derivative is 0: 2 slope (q tilt + v′) = tilt (q slope + Δ′).
    if slope * tilt != 0.0:
        q = (tilt * other_gap - 2.0 * slope * other_gain) / (slope * tilt)
        if 0.0 <= q <= 1.0:
            return q
    ours = gap * gap / gain if gain > 0.0 else math.inf
    theirs = other_gap * other_gap / other_gain if other_gain > 0.0 else math.inf
    return 1.0 if ours <= theirs else 0.0


@kernel_part
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """The posterior; for Beta posteriors a reward between 0 and 1 is a coin."""
    state[PULLS, arm] += 1.0
    state[SUMS, arm] += reward if state[VARIANCE, 0] > 0.0 else coin(reward, rng)


class InformationDirected(Policy):
    """Variance-based information-directed sampling."""

    rule = "the smallest squared expected regret per information about which arm is best"
    good_for = "structured problems where a pull is informative about other arms; costly per pull"
    needs = "a prior"
    source = "Russo & Van Roy 2018"
    assumptions = (no_contexts, constant_means, rewards_of_family(), normal_prior)

    class Settings(Settings):
        samples: int = Field(100, ge=2, le=100_000, description="draws from the posterior in each step")
        scale: float = Field(
            1.0, ge=1e-100, le=1e100, description="unbounded rewards: standard deviation of the prior of the means"
        )

    def functions(self, bed: Testbed) -> Functions:
        """The same for both families."""
        return select, update

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls."""
        variance = 0.0 if family_of(bed, "auto") == "bernoulli" else bed.variance
        ratio = variance / self.settings.scale**2
        own = rows(bed.arms, float(self.settings.samples), variance, ratio, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        return np.vstack([own, np.zeros((bed.arms, bed.arms))])

    def bounds(self, problem: Problem) -> Sequence[Bound]:
        """As for Thompson sampling, whose information ratio it can only better, with exact expectations."""
        note = "for exact expectations; here they are averages over samples"
        if not problem.bounded and self.settings.scale != 1.0:
            return []
        return [replace(bound, note=note) for bound in information_ratio(problem)]
