"""Explore-then-commit: each arm `pulls` times in turn, then always the one with the best average
(Lattimore & Szepesvári 2020, algorithm 1)."""

import math
from collections.abc import Sequence
from typing import Any

from pydantic import Field

from bandits.policies.base.assumptions import constant_means, no_contexts
from bandits.policies.base.elimination import LEFT, TARGET, VALUES, arms_left, average, fewest_pulls, select
from bandits.policy import Floats, Policy, rows
from bandits.simulator.randomness import best
from bandits.testbed import Testbed
from bandits.theory.bounds.statement import Bound, Problem
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part


@kernel_part
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """Once every arm has its pulls, only the best is left."""
    average(state, arm, reward)
    if arms_left(state) > 1 and fewest_pulls(state) >= state[TARGET, 0]:
        winner = best(state[VALUES], rng)
        for other in range(state.shape[1]):
            state[LEFT, other] = 1.0 if other == winner else 0.0


def time_to_commit(policy: Policy, bed: Testbed, horizon: int) -> str:
    """The exploration ends before the horizon."""
    pulls = policy.settings.pulls * bed.arms
    return f"needs {pulls:,} pulls before it commits: it never does here" if pulls >= horizon else ""


class ExploreThenCommit(Policy):
    """Explore, then commit."""

    rule = "each arm a number of times, then always the arm with the largest Q"
    good_for = "experiments that must stop on a fixed date"
    needs = "the horizon and the gaps"
    source = "Lattimore & Szepesvári 2020, chapter 6"
    assumptions = (no_contexts, constant_means, time_to_commit)

    class Settings(Settings):
        pulls: int = Field(20, ge=1, description="pulls of each arm before the decision")

    select = staticmethod(select)
    update = staticmethod(update)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """All arms left."""
        return rows(bed.arms, float(self.settings.pulls), 0.0, 0.0, bed.variance, 0.0, 0.0, 1.0, 0.0)

    def bounds(self, problem: Problem) -> Sequence[Bound]:
        """m pulls of each arm, then the best one: mΣΔ + (T − mK)ΣΔ exp(−mΔ²/(4σ²)).

        The difference of two averages of m rewards has the variance proxy 2σ²/m, and must err by Δ.
        """
        m = self.settings.pulls
        if problem.gaps is None or not math.isfinite(problem.proxy) or m > problem.horizon / problem.arms:
            return []
        after = problem.horizon - m * problem.arms
        value = sum(m * gap + after * gap * math.exp(-m * gap**2 / (4 * problem.proxy)) for gap in problem.suboptimal)
        source = "Lattimore & Szepesvári 2020, Theorem 6.1"
        return [Bound("explore-then-commit", value, "mΣΔ + (T−mK)ΣΔ exp(−mΔ²/4σ²)", source)]
