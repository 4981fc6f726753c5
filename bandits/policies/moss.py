"""MOSS, the minimax optimal strategy in the stochastic case: the width √(4σ² ln₊(T / (K n)) / n), K arms, horizon T
(Audibert & Bubeck 2009, section 2; ln₊ = max(ln, 0), σ² = 1/4 for rewards in [0, 1])."""

import math
from collections.abc import Sequence
from typing import Any

from bandits.policies.base.assumptions import constant_means, no_contexts, prompt_rewards, variance_of_a_quarter
from bandits.policies.base.first_pulls import untried
from bandits.policies.base.optimism import (
    HORIZON,
    INDEX,
    PULLS,
    IndexWithVariance,
    widened,
)
from bandits.policy import Floats
from bandits.problem_kinds import Kind, Placement
from bandits.simulator.randomness import best
from bandits.theory.bounds.statement import Bound, Problem
from explore.numerics.compiled import kernel_part


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """MOSS; FIRST is 4σ²."""
    if not untried(state, PULLS, INDEX):
        widened(state, state[HORIZON, 0] / state.shape[1])
    return best(state[INDEX], rng)


class MOSS(IndexWithVariance):
    """Minimax optimal strategy in the stochastic case."""

    rule = "the largest Q + √(4σ² ln₊(T/(Kn))/n)"
    good_for = "the worst case: many arms of similar means"
    needs = "the horizon"
    source = "Audibert & Bubeck 2009"
    recommended_for = (Placement(Kind.MANY_ARMS, 3),)
    compared_on = (Placement(Kind.OTHER_BOUNDED, 4), Placement(Kind.OTHER, 4))
    assumptions = (no_contexts, constant_means, variance_of_a_quarter, prompt_rewards)

    select = staticmethod(select)

    def constants(self, variance: float) -> tuple[float, float]:
        """4σ²."""
        return 4.0 * variance, 0.0

    def bounds(self, problem: Problem) -> Sequence[Bound]:
        """39σ√(KT) + ΣΔ."""
        if not math.isfinite(problem.proxy) or (problem.mean_gap is None and not problem.bounded):
            return []
        gaps = problem.arms * (1.0 if problem.mean_gap is None else problem.mean_gap)
        value = 39 * math.sqrt(problem.proxy * problem.horizon * problem.arms) + gaps
        source = "Lattimore & Szepesvári 2020, Theorem 9.1"
        return [Bound("MOSS", value, "39σ√(KT) + ΣΔ", source, kind="worst case")]
