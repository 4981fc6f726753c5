"""KL-UCB: the largest mean q with n d(Q, q) ≤ ln t + c ln ln t (Garivier & Cappé 2011, algorithm 1; they advise c = 0).

t counts the pulls made so far; d is the divergence of the family of rewards.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from pydantic import Field

from bandits.policies.base.assumptions import constant_means, no_contexts, prompt_rewards, rewards_of_family
from bandits.policies.base.divergence import (
    DivergencePolicy,
    select,
    update,
)
from bandits.policy import Floats
from bandits.problem_kinds import Kind, Placement
from bandits.theory.bounds.asymptotic import asymptotic_optimality
from bandits.theory.bounds.statement import Bound, Problem
from bandits.theory.divergences import kl_bernoulli, kl_gaussian

FORMULA = "ΣΔ (1 + min_{p,q} (ln f(T)/d(p,q) + 1/(e^{d(p,μ)}−1) + Σ_t 1/(f(t)(e^{d(q,μ*)}−1)))), f(t) = t ln^c t"


class KLUCB(DivergencePolicy):
    """KL-UCB."""

    rule = "the largest mean q with n·KL(Q, q) ≤ ln t"
    good_for = "Bernoulli and other bounded rewards, above all rare ones; deterministic and asymptotically optimal"
    needs = "the family of rewards (bernoulli is valid for any in [0, 1])"
    source = "Garivier & Cappé 2011"
    recommended_for = (
        Placement(Kind.RARE_REWARDS, 3),
        Placement(Kind.BOUNDED, 3),
        Placement(Kind.COUNTS, 1),
        Placement(Kind.GAUSSIAN, 3),
    )
    compared_on = (Placement(Kind.OTHER_BOUNDED, 5), Placement(Kind.OTHER, 5))
    assumptions = (no_contexts, constant_means, rewards_of_family("poisson", "exponential"), prompt_rewards)

    class Settings(DivergencePolicy.Settings):
        c: float = Field(0.0, ge=0, description="factor of ln ln t")

    select = staticmethod(select)
    update = staticmethod(update)

    def constants(self) -> tuple[float, float]:
        """c, and 0."""
        return self.settings.c, 0.0

    def bounds(self, problem: Problem) -> Sequence[Bound]:
        """Finite-time, for any budget ln f(t), f(t) = t ln^c t; and asymptotic optimality.

        As Lattimore & Szepesvári prove Theorem 10.6. For any μ_a < p and q < μ*, p < q: the best arm's bound is below q
        after t pulls with probability Σ_n e^{−n d(q, μ*)}/f(t) at most (d(x, q) ≤ d(x, μ*) − d(q, μ*) for x ≤ q, and
        Chernoff's bound); as long as it is not, arm a is pulled only while its own bound is above q, that is
        ln f(T)/d(p, q) times, or where its average is above p, Σ_n e^{−n d(p, μ_a)} times. The smallest over p and q is
        taken, from a grid.
        """
        model = str(self.settings.family)
        optimal = asymptotic_optimality(problem, "Garivier & Cappé 2011; Cappé et al. 2013", model)
        divergence = _chernoff(problem, model)
        if divergence is None or problem.means is None or problem.horizon <= problem.arms:
            return optimal
        t = np.arange(problem.arms, problem.horizon, dtype=np.float64)
        growth = t * np.maximum(np.log(t), 1.0) ** self.settings.c
        passed = np.concatenate([[0.0], np.cumsum(1.0 / growth)])
        best, value = max(problem.means), 0.0
        for mean in problem.means:
            if mean < best:
                pulls = 1.0 + _pulls(divergence, mean, best, growth, passed)
                value += (best - mean) * min(pulls, float(problem.horizon))
        formula = (
            "ΣΔ (1 + min_{p,q} (ln f(T)/d(p,q) + 1/(e^{d(p,μ)}−1) + Σ_t 1/(f(t)(e^{d(q,μ*)}−1)))), f(t) = t ln^c t"
        )
        return [Bound("KL-UCB", value, formula, "Lattimore & Szepesvári 2020, proof of Theorem 10.6"), *optimal]


def _pulls(
    divergence: Callable[[float, float], float], mean: float, best: float, growth: Floats, passed: Floats
) -> float:
    """The smallest sum over a grid of p and q between the two means; `passed` has the sums of 1/f(t) so far."""
    level = math.log(growth[-1])
    shares = np.concatenate([np.geomspace(1e-3, 0.05, 8), np.linspace(0.1, 0.9, 17)])
    above = [mean + share * (best - mean) for share in shares]
    below = [best - share * (best - mean) for share in shares]
    own = [_all_later(divergence(p, mean)) for p in above]
    missed = [_capped(_all_later(divergence(q, best)), growth, passed) for q in below]
    return min(
        level / divergence(p, q) + own[i] + missed[j]
        for i, p in enumerate(above)
        for j, q in enumerate(below)
        if p < q and divergence(p, q) > 0.0
    )


def _capped(scale: float, growth: Floats, passed: Floats) -> float:
    """Σ_t min(scale/f(t), 1)."""
    if scale == 0.0 or scale == math.inf:
        return 0.0 if scale == 0.0 else float(len(growth))
    first = int(np.searchsorted(growth, scale))
    return first + scale * float(passed[-1] - passed[first])


def _all_later(rate: float) -> float:
    """Σ_{n ≥ 1} e^{−n rate}."""
    if rate <= 0.0:
        return math.inf
    return 1.0 / math.expm1(rate) if rate < 700.0 else 0.0


def _chernoff(problem: Problem, model: str) -> Callable[[float, float], float] | None:
    """The divergence of the policy's model, where Chernoff's bound holds with it for the rewards; None elsewhere."""
    if problem.bounded and model in ("auto", "bernoulli"):
        return kl_bernoulli
    if problem.family == "gaussian" or (problem.bounded and model == "gaussian"):
        return lambda p, q: kl_gaussian(p, q, problem.proxy)
    return None
