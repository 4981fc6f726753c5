"""Proven bounds on the regret of each policy where there is one, with source and conditions.

For a problem with gaps Δ_a = μ* − μ_a, K arms and horizon T. A bound is *finite-time* (holds at this T, all constants
known) or *asymptotic* (only the limit of R_T / ln T is known: the line drawn says nothing about this T). It is for this
*instance*, for the *worst case* over all instances, or *Bayesian* (mean over problems drawn from the policy's prior).
Bounded rewards lie in [0, 1]; such rewards are sub-Gaussian with variance proxy 1/4 (Hoeffding).

A bound is given only where the policy's settings are those of the theorem, and only with constants that were checked
(`known_bounds` and `changing_bounds` say how). No bound is known to hold for UCB-tuned, BESA or gradient bandits at
finite time with explicit constants; constant ε and constant temperature explore for ever, so that their regret grows
linearly.
`bandits.theory.bounds.on_testbed` asks for the bounds of a testbed.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bandits.theory.bounds import changing, stationary
from bandits.theory.bounds.lai_robbins import FAMILIES, lai_robbins
from bandits.theory.bounds.statement import Bound, Problem
from explore.core.spec import Spec, parse
from explore.errors import BadInput, unknown

NOTHING_YET = "says nothing yet"
UNKNOWN = "unknown"  # a family of which nothing is assumed
Maker = Callable[[Problem, Mapping[str, Any]], Sequence[Bound | None]]

KNOWN: Mapping[str, Maker] = {
    "random": stationary.uniform,
    "epsilon-greedy": stationary.constant_epsilon,
    "epsilon-decreasing": stationary.decreasing_epsilon,
    "epsilon-first": stationary.epsilon_first,
    "explore-then-commit": stationary.explore_then_commit,
    "ucb1": stationary.ucb1,
    "ucb": stationary.ucb,
    "moss": stationary.moss,
    "kl-ucb": stationary.kl_ucb,
    "kl-ucb-plus": stationary.asymptotically_optimal("Kaufmann 2018"),
    "kl-ucb-plus-plus": stationary.asymptotically_optimal("Ménard & Garivier 2017"),
    "kl-ucb-switch": stationary.asymptotically_optimal("Garivier et al. 2022", ("bernoulli",)),
    "imed": stationary.asymptotically_optimal("Honda & Takemura 2015"),
    "bayes-ucb": stationary.asymptotically_optimal("Kaufmann 2018"),
    "thompson": stationary.thompson,
    "information-directed": stationary.information_directed,
    "exp3": changing.exp3,
    "exp3-s": changing.exp3_s,
    "tsallis-inf": changing.tsallis_inf,
    "lin-ucb": changing.lin_ucb,
}
SAME = {
    "kl-ucb+": "kl-ucb-plus",
    "kl-ucb++": "kl-ucb-plus-plus",
    "etc": "explore-then-commit",
    "uniform": "random",
    "q-learning": "epsilon-greedy",
}
CHANGES, CONTEXTS = ("exp3-s",), ("lin-ucb",)  # whose theorems are about changing arms, and about means led by contexts


def has_theorem(policy: str) -> bool:
    """Whether a bound is known for the policy of this name, on some problem, with constants that were checked."""
    return SAME.get(policy, policy) in KNOWN


def bounds_for(
    policy: str | Spec,
    means: Sequence[float] | None,
    horizon: int,
    *,
    family: str = "bernoulli",
    variance: float = 1.0,
    arms: int | None = None,
    settings: Mapping[str, Any] | None = None,
    **drawn: Any,
) -> list[Bound]:
    """All bounds known for `policy` on arms of these `means` at `horizon` pulls.

    `means` None stands for arms that are drawn anew in each run: only bounds that do not need the gaps are left,
    `arms` says how many there are, and `drawn` what else is known, the further fields of `Problem`. `family` is one of
    Lai–Robbins', `bounded` (any distribution on [0, 1]) or another, of which nothing is assumed; `variance` is that of
    Gaussian arms. `settings` are the policy's settings with defaults filled in; without them, those written in the
    spec. Empty where nothing is known. BadInput for a horizon below 1.
    """
    parsed = parse(policy) if isinstance(policy, str) else policy
    name = SAME.get(parsed.name, parsed.name)
    problem = _problem(means, horizon, family, variance, arms, drawn)
    covered = name in CONTEXTS if problem.linear else problem.stretches == 1 or name in CHANGES
    if name not in KNOWN or not covered:
        return []
    made = KNOWN[name](problem, parsed.settings if settings is None else settings)
    return [_weighed(bound, problem) for bound in made if bound is not None]


def bound_for(policy: str | Spec, means: Sequence[float] | None, horizon: int, **conditions: Any) -> Bound | None:
    """The bound to show beside practice, of those in `bounds_for`.

    The smallest finite-time upper bound, if it says something yet; else a lower bound, else an asymptotic one, else
    the smallest that says nothing yet.
    """
    return min(bounds_for(policy, means, horizon, **conditions), key=_telling, default=None)


def _telling(bound: Bound) -> tuple[int, float]:
    if bound.finite_time and bound.direction == "upper":
        return (3 if NOTHING_YET in bound.note else 0), bound.value
    return (1 if bound.direction == "lower" else 2), bound.value


def _weighed(bound: Bound, problem: Problem) -> Bound:
    """The bound, with a remark where even the worst arm, pulled every time, costs less."""
    worst = problem.horizon * problem.worst
    if bound.direction == "lower" or bound.value < worst * (1 - 1e-9):
        return bound
    costs = "can cost no more than" if problem.gaps is None else "costs"
    remark = f"{NOTHING_YET}: the worst arm pulled every time {costs} {worst:.6g}"
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
