"""Theory beside practice: the lower bound of a testbed, and the bound of a policy on it, or why there is none.

What a theorem asks for is read off the testbed: arms that do not change, rewards that come at once, a family of
rewards, arms that are the same in every run or drawn from a prior.
"""

from typing import Any

from bandits.testbed import Testbed
from bandits.theory.bounds import UNKNOWN, bound_for
from bandits.theory.known_bounds import Bound
from bandits.theory.lai_robbins import FAMILIES, LaiRobbins, lai_robbins
from explore.spec import Spec

CHANGING = "the arms change, and theorems with constants are about arms that do not"
LATE = "rewards come late, and the theorems are about rewards that come at once"
NONE = "none known with explicit constants, or not for these settings and rewards"


def lower_bound(bed: Testbed) -> LaiRobbins | str:
    """The bound of Lai & Robbins, or why there is none. Late rewards make nothing easier: it stands there too."""
    if bed.moving:
        return "the arms change: no lower bound of this kind"
    if bed.means is None:
        return "the arms are drawn anew in each run, and the mean constant over such arms is infinite"
    if bed.family not in FAMILIES:
        return f"no constant is computed for {bed.family} rewards, whose distribution is not one of a family"
    return lai_robbins(bed.means.tolist(), bed.family, bed.variances if bed.family == "gaussian" else 1.0)


def bound_on(bed: Testbed, policy: Spec, settings: dict[str, Any], horizon: int) -> Bound | str:
    """The bound to show for `policy` with these `settings` (defaults filled in), or why there is none."""
    if bed.moving:
        return CHANGING
    if bed.delay != 0.0:
        return LATE
    variances = bed.variances
    family = bed.family if bed.family in (*FAMILIES, "bounded") else UNKNOWN
    if family == "gaussian" and variances.min() < variances.max():
        family = UNKNOWN  # policies are told the largest only
    means = None if bed.means is None else bed.means.tolist()
    drawn = {"mean_gap": bed.mean_gap, "prior": bed.prior} if means is None else {}
    found = bound_for(
        policy, means, horizon, family=family, variance=bed.variance, arms=bed.arms, settings=settings, **drawn
    )
    return NONE if found is None else found
