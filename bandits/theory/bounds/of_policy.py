"""Proven bounds on the regret of a policy, as its class states them (`Policy.bounds`).

For a problem with gaps Δ_a = μ* − μ_a, K arms and horizon T. A bound is *finite-time* (holds at this T, all constants
known) or *asymptotic* (only the limit of R_T / ln T is known: the line drawn says nothing about this T). It is for this
*instance*, for the *worst case* over all instances, or *Bayesian* (mean over problems drawn from the policy's prior).

`bandits.theory.bounds.on_testbed` asks for the bounds of a testbed.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bandits.policy import POLICIES, Policy
from bandits.theory.bounds.lai_robbins import FAMILIES, lai_robbins
from bandits.theory.bounds.statement import Bound, Problem
from explore.core.spec import Spec
from explore.errors import BadInput, unknown

VACUOUS = "vacuous"
UNKNOWN = "unknown"  # a family of which nothing is assumed


def bounds_for(
    policy: str | Spec | Policy,
    means: Sequence[float] | None,
    horizon: int,
    *,
    family: str = "bernoulli",
    variance: float = 1.0,
    arms: int | None = None,
    **drawn: Any,
) -> list[Bound]:
    """All bounds known for `policy`, a spec or an object, on arms of these `means` at `horizon` pulls.

    `means` None stands for arms that are drawn anew in each run: only bounds that do not need the gaps are left,
    `arms` says how many there are, and `drawn` what else is known, the further fields of `Problem`. `family` is one of
    Lai–Robbins', `bounded` (any distribution on [0, 1]) or another, of which nothing is assumed; `variance` is that of
    Gaussian arms. Empty where nothing is known. BadInput for an unknown policy, wrong settings, or a horizon below 1.
    """
    player = policy if isinstance(policy, Policy) else _built(policy)
    problem = _problem(means, horizon, family, variance, arms, drawn)
    if problem.linear:
        covered = player.bounds_assume == "linear contexts"
    else:
        covered = problem.stretches == 1 or player.bounds_assume == "piecewise constant means"
    return [_remarked(bound, problem) for bound in player.bounds(problem)] if covered else []


def bound_for(
    policy: str | Spec | Policy, means: Sequence[float] | None, horizon: int, **conditions: Any
) -> Bound | None:
    """The bound to compare with the simulated regret, of those in `bounds_for`.

    The smallest finite-time upper bound, unless it is vacuous; else a lower bound, else an asymptotic one, else the
    smallest vacuous one.
    """
    return min(bounds_for(policy, means, horizon, **conditions), key=_preference, default=None)


def has_theorem(policy: Policy) -> bool:
    """Whether the policy states a bound, on some problem, with constants that were checked."""
    return type(policy).bounds is not Policy.bounds


def _built(spec: str | Spec) -> Policy:
    plugin, settings = POLICIES.resolve(spec)
    return plugin(**dict(settings))


def _preference(bound: Bound) -> tuple[int, float]:
    if bound.finite_time and bound.direction == "upper":
        return (3 if VACUOUS in bound.note else 0), bound.value
    return (1 if bound.direction == "lower" else 2), bound.value


def _remarked(bound: Bound, problem: Problem) -> Bound:
    """The bound, with a remark where it is vacuous: even the worst arm, pulled every time, costs less."""
    worst = problem.horizon * problem.worst
    if bound.direction == "lower" or bound.value < worst * (1 - 1e-9):
        return bound
    costs = "can cost no more than" if problem.gaps is None else "costs"
    remark = f"{VACUOUS}: the worst arm pulled every time {costs} {worst:.6g}"
    return replace(bound, note="; ".join(filter(None, (bound.note, remark))))


def _problem(
    means: Sequence[float] | None,
    horizon: int,
    family: str,
    variance: float,
    arms: int | None,
    drawn: Mapping[str, Any],
) -> Problem:
    if horizon < 1:
        raise BadInput(f"the horizon is {horizon}: it must be at least 1.")
    if family not in (*FAMILIES, "bounded", UNKNOWN):
        raise unknown("family of arms", family, [*FAMILIES, "bounded", UNKNOWN])
    proxy = 0.25 if family in ("bernoulli", "bounded") else variance if family == "gaussian" else math.inf
    if means is None:
        if arms is None:
            raise BadInput("a bound needs the means of the arms, or how many arms there are.")
        return Problem(arms, horizon, family, proxy, None, None, None, **drawn)
    centre = np.asarray(means, dtype=np.float64)
    constant = lai_robbins(means, family, variance).constant if family in FAMILIES else None
    gaps = centre.max() - centre
    return Problem(
        len(centre), horizon, family, proxy, tuple(gaps.tolist()), tuple(centre.tolist()), constant, float(gaps.mean())
    )
