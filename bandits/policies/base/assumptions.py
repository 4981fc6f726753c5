"""What policies assume of a problem, each as a function of (policy, testbed, horizon) that gives the sentence to print
where the testbed does not satisfy it, and an empty string where it does.

An assumption that does not hold is not an error: ε-greedy on changing arms is a fair baseline. The sentence helps to
explain its result. `Policy.assumptions` lists those of a policy; one that only a single policy makes is in its file.
"""

import numpy as np

from bandits.policy import Assumption, Policy
from bandits.testbed import Testbed

PRIOR_DEVIATIONS = 3.0  # a mean farther out than so many deviations of the prior is one that it does not expect


def no_contexts(policy: Policy, bed: Testbed, horizon: int) -> str:
    """There is nothing to observe before a pull."""
    return "does not use the contexts that the testbed shows before each pull" if bed.context_rows else ""


def constant_means(policy: Policy, bed: Testbed, horizon: int) -> str:
    """The means of the arms stay the same."""
    return "assumes constant means, but these arms change" if bed.non_stationary and not bed.context_rows else ""


def constant_means_unless_constant_step(policy: Policy, bed: Testbed, horizon: int) -> str:
    """As `constant_means`; with the setting `alpha` above 0 the values follow the arms."""
    return "" if policy.settings.alpha > 0.0 else constant_means(policy, bed, horizon)


def gradual_changes(policy: Policy, bed: Testbed, horizon: int) -> str:
    """The means change, so that old rewards have to be forgotten."""
    if bed.non_stationary or bed.context_rows:
        return ""
    return "forgets old rewards, though the means here are constant, and so keeps exploring"


def abrupt_changes(policy: Policy, bed: Testbed, horizon: int) -> str:
    """The means change now and then, so that it pays to test for it."""
    return "" if bed.non_stationary or bed.context_rows else "tests for changes, though the means here are constant"


def adversarial_rewards(policy: Policy, bed: Testbed, horizon: int) -> str:
    """Somebody may choose the rewards."""
    return "" if bed.non_stationary else "is designed for adversarial rewards, and these arms are stationary"


def best_single_arm(policy: Policy, bed: Testbed, horizon: int) -> str:
    """The arm to compare with is one for all steps."""
    if bed.non_stationary and not bed.context_rows:
        return "its guarantee is against the best single arm, not against the best arm of each step"
    return ""


def variance_of_a_quarter(policy: Policy, bed: Testbed, horizon: int) -> str:
    """Rewards have about the largest variance that their range [0, 1] allows."""
    if bed.family != "bernoulli" or bed.means is None or bed.non_stationary:
        return ""
    largest = float((bed.means * (1.0 - bed.means)).max())
    if largest >= 0.125:
        return ""
    return f"assumes a reward variance of 1/4, where it is at most {largest:.2g}: its widths are too large"


def rewards_of_family(*families: str) -> Assumption:
    """Rewards are Gaussian, or of one of these families besides; those in [0, 1] have models of their own."""

    def check(policy: Policy, bed: Testbed, horizon: int) -> str:
        asked = getattr(policy.settings, "model", getattr(policy.settings, "family", "auto"))
        unmodelled = not bed.bounded and bed.family not in ("gaussian", *families)
        if (asked == "gaussian" and bed.family != "gaussian") or unmodelled:
            return f"models rewards as Gaussian, but they are {bed.family}"
        return ""

    return check


def normal_prior(policy: Policy, bed: Testbed, horizon: int) -> str:
    """The means of Gaussian arms look like draws from the prior N(0, prior · scale²)."""
    if bed.family != "gaussian" or bed.context_rows or getattr(policy.settings, "model", "auto") == "student":
        return ""
    variance = float(getattr(policy.settings, "prior", 1.0)) * policy.settings.scale**2
    far = _typical(bed.prior) if bed.means is None else float(bed.means[np.abs(bed.means).argmax()])
    if abs(far) <= PRIOR_DEVIATIONS * variance**0.5:
        return ""
    return f"has the prior N(0, {variance:g}), under which means near {far:.3g} are improbable"


def _typical(prior: str) -> float:
    """The mean of a normal prior such as `N(4, 1)`; the end farthest from 0 of a uniform one such as `U[0, 9]`."""
    numbers = [float(part) for part in prior[2:-1].split(",")] if prior[1:2] in ("(", "[") else [0.0]
    return numbers[0] if prior.startswith("N") else max(numbers, key=abs)


def prompt_rewards(policy: Policy, bed: Testbed, horizon: int) -> str:
    """Rewards come at once: the choice is a function of the rewards alone, and stays the same until another comes."""
    if bed.delay == 0.0:
        return ""
    return f"repeats one arm until its rewards arrive, some {abs(bed.delay):g} steps later"


def best_arm_identification(policy: Policy, bed: Testbed, horizon: int) -> str:
    """Only the arm recommended at the end counts; reports show regret all the same."""
    return "is made for best-arm identification, not for regret: compare it by the simple regret"
