"""The verdict of the bandit experiment: which policy to use on this testbed, the measured course of each, and what is
recommended on other problems.

Each sentence states a measured statistic: how far behind a policy is in paired runs, how often the arm that it
recommends is not the best, how many pulls of the last half were of inferior arms and how many changed the arm, what
share of the regret fell in the first tenth; or an assumption of the policy (`Policy.assumptions`) that the testbed does
not satisfy.
"""

import math
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from bandits.problem_kinds import GOALS, KINDS
from bandits.recommend import recommended
from escapade.report.bandits.names import broken
from escapade.report.bandits.returns import ranks_by_return
from escapade.report.bandits.tables import error_interval, significant

WRONG = 0.25  # share of the runs: an arm other than the best, recommended as often, explains a regret
EARLY = 0.5  # share of the regret in the first tenth of the pulls from which it is reported
FEW_INFERIOR = 0.05  # share of inferior pulls in the last half of a policy that settled on the best arm
FEW_CHANGES = 0.02  # share of changes of arm in the last half of a policy that settled on some arm


def show(console: Console, results: dict[str, Any]) -> None:
    """Print the ranking with reasons, recommended policies that were not played, and those for other problems."""
    console.print("Recommended policies, and why", style="bold")
    bed = results.get("bed") or {}
    kind = bed.get("kind", "")
    if bed.get("equal_arms"):
        console.print("All arms are equally good: every policy has a regret of 0.")
    elif kind:
        best = ", ".join(bed["recommended"])
        console.print(
            f"The problem: {kind}. Recommended: {best}; {bed['why']}."
            if best
            else f"The problem: {kind}. None of the policies recommended for it fits these arms."
        )
    if not (
        bed.get("equal_arms") or ranks_by_return(results)
    ):  # else regret does not rank policies, and returns.sentence says who earned most
        console.print(_ranking(results))
        console.print("Q: an arm's average reward, n: its pulls, t: the step, K arms, T pulls in all.", style="dim")
        if len(results["policies"]) > 1 and results["runs"] > 1 and bed.get("regret") != "dynamic":
            console.print(identification(results))
        if bed.get("untested"):
            console.print(f"Also recommended here, but not simulated: {', '.join(bed['untested'])}.")
    console.print()
    console.print(_other_problems(kind))


def ranked(results: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Policies by regret, each with its place; those not significantly behind the first share its place."""
    order = sorted(results["policies"], key=lambda policy: policy["regret"]["mean"])
    return [
        ("1" if place == 0 else str(place + 1) if significant(policy) else "1=", policy)
        for place, policy in enumerate(order)
    ]


def identification(results: dict[str, Any]) -> str:
    """Which policy to use for best-arm identification, and those that erred less, though not significantly."""
    best = best_identifier(results)
    share = best["best_arm_error"]["mean"]
    fewer = [
        f"{policy['spec']} ({policy['best_arm_error']['mean']:.1%})"
        for policy in results["policies"]
        if policy["best_arm_error"]["mean"] < share
    ]
    closer = f"; no significant difference from {' and '.join(fewer)}, which had more regret" if fewer else ""
    return f"For best-arm identification at the horizon: {best['spec']}, wrong in {share:.1%} of the runs{closer}."


def best_identifier(results: dict[str, Any]) -> dict[str, Any]:
    """The policy with the least regret of those whose recommended arm is not significantly more often wrong.

    The interval of a difference of shares is Newcombe's (1998, method 10), made of Wilson's of each.
    """
    least = min(results["policies"], key=lambda policy: float(policy["best_arm_error"]["mean"]))
    least_share, (_, least_high) = least["best_arm_error"]["mean"], error_interval(least)

    def worse(policy: dict[str, Any]) -> bool:
        share, (low, _) = policy["best_arm_error"]["mean"], error_interval(policy)
        return bool(share - least_share > math.hypot(share - low, least_high - least_share))

    near = [policy for policy in results["policies"] if not worse(policy)]
    return min(near, key=lambda policy: float(policy["regret"]["mean"]))


def outcome(policy: dict[str, Any], horizon: int, changing: bool) -> str:
    """The measured course of the regret, in words."""
    curve = {step: mean for step, mean, _, _ in policy["curve"]}
    total = curve[horizon]
    if total <= 0.0:
        return "no regret"
    half, tenth = (max((step for step in curve if step <= horizon * share), default=0) for share in (0.5, 0.1))
    loss = (total - curve.get(half, 0.0)) / max(horizon - half, 1)
    if changing or policy.get("late_inferior") is None:  # results of an older version lack the statistics
        return f"loses {loss:.3g} per pull in the last half"
    inferior, switches = policy["late_inferior"], policy["late_switches"]
    wrong = policy["best_arm_error"]["mean"]
    if inferior <= FEW_INFERIOR:
        course = f"had settled on the best arm: {inferior:.1%} of the last half's pulls were of an inferior arm"
    elif switches <= FEW_CHANGES and wrong >= WRONG:
        course = f"had settled on an inferior arm in {wrong:.0%} of the runs: {switches:.1%} of the last half's pulls "
        course += "changed the arm"
    else:
        course = f"in the last half {inferior:.0%} of its pulls were of an inferior arm, and {switches:.0%} changed "
        course += f"the arm: it loses {loss:.3g} per pull"
    early = curve.get(tenth, 0.0) / total
    return f"{course}; {early:.0%} of its regret fell in the first tenth of the pulls" if early >= EARLY else course


def _ranking(results: dict[str, Any]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("", justify="right")
    table.add_column("policy", no_wrap=True)
    table.add_column("its rule, and what was measured")
    changing = (results.get("bed") or {}).get("regret") == "dynamic"
    for place, policy in ranked(results):
        table.add_row(place, broken(policy["spec"]), _reason(policy, results["horizon"], changing))
    return table


def _reason(policy: dict[str, Any], horizon: int, changing: bool) -> str:
    facts = "; ".join([outcome(policy, horizon, changing), *policy.get("misfits", [])])
    rule = policy.get("rule", "")
    return " ".join(f"{part[:1].upper()}{part[1:]}." for part in (rule, facts) if part)


def _other_problems(here: str) -> Table:
    title = "Recommended on other problems"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("problem", max_width=30)
    table.add_column("policies")
    for kind in (*KINDS, *GOALS):
        policies = recommended(kind.name)
        if policies and kind.description != here:
            table.add_row(kind.description, ", ".join(policies))
    return table
