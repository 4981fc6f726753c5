"""Theory for a testbed: the lower bound of a testbed, and the bound of a policy on it, or why there is none.

The conditions of a theorem are read off the testbed: arms that do not change, rewards without delay, a family of
rewards, arms that are the same in every run or drawn from a prior.
"""

from typing import Any

from bandits.policy import Policy
from bandits.testbed import Testbed
from bandits.theory.bounds.lai_robbins import FAMILIES, LaiRobbins, lai_robbins
from bandits.theory.bounds.of_policy import UNKNOWN, bound_for, has_theorem
from bandits.theory.bounds.statement import Bound

UNCHECKED = "no theorem with constants that could be checked"
BLIND = "it does not use the contexts, and its theorem assumes constant means"
CHANGING = "the arms change, and its theorem assumes that they do not"
UNKNOWN_CHANGES = "its theorem needs to know how often the arms change"
LATE = "rewards are delayed, and its theorem assumes that they are not"
ELSEWHERE = "its theorem does not cover these settings or rewards"


def lower_bound(bed: Testbed) -> LaiRobbins | str:
    """The bound of Lai & Robbins, or why there is none. It holds for delayed rewards too."""
    if bed.linear:
        return "the means depend on contexts: Lai & Robbins' bound does not apply"
    if bed.non_stationary:
        return "the arms change: Lai & Robbins' bound does not apply"
    if bed.means is None:
        return (
            "the arms are drawn anew in each run, and the mean of the Lai–Robbins constant over such arms is infinite"
        )
    if bed.family not in FAMILIES:
        return f"no constant is computed for {bed.family} rewards, as their distribution is of no one-parameter family"
    return lai_robbins(bed.means.tolist(), bed.family, bed.variances if bed.family == "gaussian" else 1.0)


def bound_on(bed: Testbed, policy: Policy, horizon: int) -> Bound | str:
    """The bound to show for `policy` on the testbed, or why there is none."""
    reason = _uncovered(bed, policy, horizon)
    if reason:
        return reason
    variances = bed.variances
    family = bed.family if bed.family in (*FAMILIES, "bounded") else UNKNOWN
    if family == "gaussian" and variances.min() < variances.max():
        family = UNKNOWN  # policies are given the largest only
    means = None if bed.means is None or bed.non_stationary else bed.means.tolist()
    drawn: dict[str, Any] = {}
    if bed.linear:
        drawn = {"linear": bed.linear, "dimension": bed.context_rows, "lengths": bed.lengths}
    elif means is None:
        drawn = {"mean_gap": bed.mean_gap, "prior": bed.prior, "stretches": bed.stretches(horizon)}
    bound = bound_for(policy, means, horizon, family=family, variance=bed.variance, arms=bed.arms, **drawn)
    return ELSEWHERE if bound is None else bound


def _uncovered(bed: Testbed, policy: Policy, horizon: int) -> str:
    """Why no bound of the policy can hold on this kind of testbed, whatever its settings; empty where one may."""
    changes = policy.bounds_assume == "piecewise constant means"
    if not has_theorem(policy):
        return UNCHECKED
    if bed.delay != 0.0:
        return LATE
    if bed.linear:
        return "" if policy.bounds_assume == "linear contexts" else BLIND
    if bed.stretches(horizon) is None:
        return UNKNOWN_CHANGES if changes and bed.bounded else CHANGING
    return CHANGING if bed.non_stationary and not changes else ""
