"""The lower bound of Lai & Robbins (1985): no consistent policy has asymptotically less regret than

    liminf R_T / ln T ≥ C = Σ_{a : Δ_a > 0} Δ_a / KL(ν_a, μ*)

Δ_a = μ* − μ_a is the gap of arm a, KL(ν_a, μ*) the smallest divergence from the arm's distribution to one of the same
family whose mean is μ* (Burnetas & Katehakis 1996 for families of several parameters; there a Gaussian arm of unknown
variance has ½ ln(1 + Δ²/σ²)). The bound is *asymptotic*: at a finite horizon a good policy can lie below C ln T, and
Thompson sampling on sparse Bernoulli arms does for a long time. A policy that is good on one problem only (always
pulls arm 3) is not consistent and not bound by it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bandits.theory.divergences import kl_bernoulli, kl_exponential, kl_gaussian, kl_poisson
from explore.errors import BadInput, unknown

FAMILIES = ("bernoulli", "gaussian", "gaussian-unknown-variance", "poisson", "exponential")


@dataclass(frozen=True)
class LaiRobbins:
    """The lower bound of one problem: `constant` C, its `family`, and the remark to print with the line."""

    constant: float
    family: str
    asymptotic: bool = True
    note: str = "asymptotic lower bound (Lai & Robbins 1985): at a finite horizon a good policy can lie below it"

    def line(self, horizon: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """C ln T at each `horizon` (≥ 1), shape as given."""
        result: npt.NDArray[np.float64] = self.constant * np.log(np.asarray(horizon, dtype=np.float64))
        return result


def lai_robbins(means: Sequence[float], family: str = "bernoulli", variances: Any = 1.0) -> LaiRobbins:
    """The bound for arms of these `means` `(arms,)`; `variances`, one or `(arms,)`, are for Gaussian arms.

    Zero where all arms are equally good. An arm that could never be taken for one of mean μ* (its divergence is
    infinite, as of Bernoulli arms where μ* = 1) costs nothing asymptotically. BadInput for an unknown family, fewer
    than one arm, or a mean or variance that the family does not have.
    """
    if family not in FAMILIES:
        raise unknown("family of arms", family, FAMILIES)
    mean = np.asarray(means, dtype=np.float64)
    if mean.ndim != 1 or mean.size == 0 or not np.all(np.isfinite(mean)):
        raise BadInput("the means of the arms must be one finite number per arm, at least one.")
    if family == "bernoulli" and (mean.min() < 0 or mean.max() > 1):
        raise BadInput("the mean of a Bernoulli arm must lie in [0, 1].")
    if family == "poisson" and mean.min() < 0:
        raise BadInput("the mean of a Poisson arm must be at least 0.")
    if family == "exponential" and mean.min() <= 0:
        raise BadInput("the mean of an exponential arm must be above 0.")
    variance = np.broadcast_to(np.asarray(variances, dtype=np.float64), mean.shape)
    if family.startswith("gaussian") and not variance.min() > 0:
        raise BadInput("the variance of a Gaussian arm must be above 0.")
    best = float(mean.max())
    constant = 0.0
    for arm, spread in zip(mean.tolist(), variance.tolist(), strict=True):
        if arm < best:
            divergence = _divergence(family, arm, best, spread)
            constant += (best - arm) / divergence if math.isfinite(divergence) else 0.0
    return LaiRobbins(constant, family)


def _divergence(family: str, arm: float, best: float, variance: float) -> float:
    if family == "bernoulli":
        return kl_bernoulli(arm, best)
    if family == "gaussian":
        return kl_gaussian(arm, best, variance)
    if family == "poisson":
        return kl_poisson(arm, best)
    if family == "exponential":
        return kl_exponential(arm, best)
    return 0.5 * math.log1p((best - arm) ** 2 / variance)
