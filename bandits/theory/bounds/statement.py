"""What a bound on regret is: the `Problem` with all that theorems depend on, and the `Bound` that a theorem states.

A policy states its theorems in `Policy.bounds`. A bound is given only where the policy's settings are those of the
theorem, and only with constants that were checked: against a second source, or derived anew, where the docstring says
how. Δ ranges over the suboptimal arms, σ² is the variance proxy of the rewards, E e^{λ(X−μ)} ≤ e^{λ²σ²/2}; rewards in
[0, 1] have the proxy 1/4 (Hoeffding). Papers whose constants could not be checked (UCB-V, KL-UCB++, KL-UCB-switch,
MOSS-anytime) give no finite-time bound; none is known to hold for UCB-tuned, BESA or gradient bandits.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """What a bound may depend on; `proxy` is the sub-Gaussian variance, `gaps` etc. are None for drawn arms.

    mean_gap: the mean of all gaps, over arms, and over the prior where arms are drawn; None where unknown.
    prior: what the means are drawn from, `N(0, 1)` or `U[0, 1]`; empty where they are fixed, or drawn otherwise.
    stretches: in how many stretches of time means stay what they are, 1 for arms that do not change.
    linear, dimension, lengths: `shared` or `disjoint` where means are linear in contexts of so many numbers; the most
        that the lengths of a context and of a parameter can be, None where unknown.
    """

    arms: int
    horizon: int
    family: str
    proxy: float
    gaps: tuple[float, ...] | None
    means: tuple[float, ...] | None
    lai_robbins: float | None
    mean_gap: float | None = None
    prior: str = ""
    stretches: int = 1
    linear: str = ""
    dimension: int = 0
    lengths: tuple[float, float] | None = None

    @property
    def bounded(self) -> bool:
        """Whether rewards lie in [0, 1]."""
        return self.family in ("bernoulli", "bounded")

    @property
    def suboptimal(self) -> list[float]:
        """The gaps above 0."""
        return [gap for gap in self.gaps or () if gap > 0]

    @property
    def worst(self) -> float:
        """The most that one pull can lose in the mean, as far as that is known."""
        if self.gaps is not None:
            return max(self.gaps)
        if self.lengths is not None:
            return 2.0 * self.lengths[0] * self.lengths[1]
        return 1.0 if self.bounded else math.inf


@dataclass(frozen=True)
class Bound:
    """A bound on the expected regret after `horizon` pulls: `value`, and what kind of statement it is."""

    name: str
    value: float
    formula: str
    source: str
    finite_time: bool = True
    kind: str = "instance"  # instance, worst case, bayesian
    direction: str = "upper"  # upper, lower
    note: str = ""
