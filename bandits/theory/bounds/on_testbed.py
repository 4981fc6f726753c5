"""Theory beside practice: the lower bound of a testbed, and the bound of a policy on it, or why there is none.

What a theorem asks for is read off the testbed: arms that do not change, rewards that come at once, a family of
rewards, arms that are the same in every run or drawn from a prior.
"""

from typing import Any

from bandits.policies.shared import is_bounded
from bandits.testbed import Testbed
from bandits.theory.bounds.catalogue import CHANGES, CONTEXTS, UNKNOWN, bound_for, has_theorem
from bandits.theory.bounds.lai_robbins import FAMILIES, LaiRobbins, lai_robbins
from bandits.theory.bounds.statement import Bound
from explore.core.spec import Spec

UNCHECKED = "no theorem with constants that could be checked"
BLIND = "it does not look at the contexts, and its theorem is about arms that keep their means"
CHANGING = "the arms change, and its theorem is about arms that do not"
UNKNOWN_CHANGES = "its theorem needs to know how often the arms change"
LATE = "rewards come late, and its theorem is about rewards that come at once"
ELSEWHERE = "its theorem does not cover these settings or rewards"


def lower_bound(bed: Testbed) -> LaiRobbins | str:
    """The bound of Lai & Robbins, or why there is none. Late rewards make nothing easier: it stands there too."""
    if bed.linear:
        return "the means follow contexts: no lower bound of this kind"
    if bed.non_stationary:
        return "the arms change: no lower bound of this kind"
    if bed.means is None:
        return "the arms are drawn anew in each run, and the mean constant over such arms is infinite"
    if bed.family not in FAMILIES:
        return f"no constant is computed for {bed.family} rewards, whose distribution is not one of a family"
    return lai_robbins(bed.means.tolist(), bed.family, bed.variances if bed.family == "gaussian" else 1.0)


def bound_on(bed: Testbed, policy: Spec, settings: dict[str, Any], horizon: int) -> Bound | str:
    """The bound to show for `policy` with these `settings` (defaults filled in), or why there is none."""
    reason = _uncovered(bed, policy.name, horizon)
    if reason:
        return reason
    variances = bed.variances
    family = bed.family if bed.family in (*FAMILIES, "bounded") else UNKNOWN
    if family == "gaussian" and variances.min() < variances.max():
        family = UNKNOWN  # policies are told the largest only
    means = None if bed.means is None or bed.non_stationary else bed.means.tolist()
    drawn: dict[str, Any] = {}
    if bed.linear:
        drawn = {"linear": bed.linear, "dimension": bed.context_rows, "lengths": bed.lengths}
    elif means is None:
        drawn = {"mean_gap": bed.mean_gap, "prior": bed.prior, "stretches": bed.stretches(horizon)}
    found = bound_for(
        policy, means, horizon, family=family, variance=bed.variance, arms=bed.arms, settings=settings, **drawn
    )
    return ELSEWHERE if found is None else found


def _uncovered(bed: Testbed, policy: str, horizon: int) -> str:
    """Why no bound of the policy can hold on this kind of testbed, whatever its settings; empty where one may."""
    if not has_theorem(policy):
        return UNCHECKED
    if bed.delay != 0.0:
        return LATE
    if bed.linear:
        return "" if policy in CONTEXTS else BLIND
    if bed.stretches(horizon) is None:
        return UNKNOWN_CHANGES if policy in CHANGES and is_bounded(bed) else CHANGING
    return CHANGING if bed.non_stationary and policy not in CHANGES else ""
