"""The verdict of act 1: which policy to use on this testbed, why each did as it did, and what to take elsewhere.

Each sentence has its reason in the data: how far behind a policy is in paired runs, how often it would recommend a
wrong arm, what it still loses at the end, and which of its assumptions (`Policy.assumptions`) the testbed does not
satisfy.
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
from escapade.report.bandits.tables import NORMAL

WRONG = 0.25  # of the runs: so many wrong arms explain a regret
EARLY = 0.5  # of the regret in the first tenth: the policy has settled
SETTLED = 0.15  # of the mean loss per pull still at the end: it has settled, though late
STEADY = 0.7  # of the mean loss per pull still at the end: the policy never settles


def show(console: Console, results: dict[str, Any]) -> None:
    """Print the ranking with reasons, what was not played and suits the problem, and what suits other problems."""
    console.print("Which to use here, and why", style="bold")
    bed = results.get("bed")
    if bed is not None:
        console.print(f"The problem: {bed['kind']}. What suits it: {', '.join(bed['recommended'])}; {bed['why']}.")
    if ranks_by_return(results):  # regret does not rank policies there, and returns.sentence says who earned most
        console.print()
        console.print(_elsewhere(bed["kind"] if bed is not None else ""))
        return
    console.print(_ranking(results))
    console.print("Q: an arm's average reward, n: its pulls, t: the step, K arms, T pulls in all.", style="dim")
    changing = bed is not None and bed["regret"] == "dynamic"
    if len(results["policies"]) > 1 and not changing:
        console.print(kept(results))
    if bed is not None and bed["untested"]:
        console.print(f"Not played, and worth trying here: {', '.join(bed['untested'])}.")
    console.print()
    console.print(_elsewhere(bed["kind"] if bed is not None else ""))


def ranked(results: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Policies by regret, each with its place; those that cannot be told from the best share the first."""
    order = sorted(results["policies"], key=lambda policy: policy["regret"]["mean"])
    return [
        ("1" if place == 0 else "1=" if policy["behind"]["ci"][0] <= 0 else str(place + 1), policy)
        for place, policy in enumerate(order)
    ]


def kept(results: dict[str, Any]) -> str:
    """What to take for an arm to keep, and what was wrong even less often, though not surely."""
    keeper = to_keep(results)
    share = keeper["best_arm_error"]["mean"]
    fewer = [
        f"{policy['spec']} ({policy['best_arm_error']['mean']:.1%})"
        for policy in results["policies"]
        if policy["best_arm_error"]["mean"] < share
    ]
    closer = f"; {' and '.join(fewer)} cannot be told from that, and cost more" if fewer else ""
    return f"For an arm to keep when the pulls are spent: {keeper['spec']}, wrong in {share:.1%} of the runs{closer}."


def to_keep(results: dict[str, Any]) -> dict[str, Any]:
    """The policy whose recommended arm is wrong least often; of those that cannot be told from it, the cheapest."""
    least = min((policy["best_arm_error"] for policy in results["policies"]), key=lambda error: float(error["mean"]))

    def apart(error: dict[str, float]) -> bool:
        return bool(error["mean"] - least["mean"] > NORMAL * math.hypot(error["se"], least["se"]))

    near = [policy for policy in results["policies"] if not apart(policy["best_arm_error"])]
    return min(near, key=lambda policy: float(policy["regret"]["mean"]))


def course(policy: dict[str, Any], horizon: int, changing: bool) -> str:
    """How the regret came about: a wrong arm, exploration that never ends, or a price paid early."""
    curve = {step: mean for step, mean, _, _ in policy["curve"]}
    total = curve[horizon]
    if total <= 0.0:
        return "loses nothing"
    half, tenth = (max((step for step in curve if step <= horizon * share), default=0) for share in (0.5, 0.1))
    late = (total - curve.get(half, 0.0)) / max(horizon - half, 1)
    wrong = policy["best_arm_error"]["mean"]
    if changing:
        return f"loses {late:.3g} per pull in the second half"
    if wrong >= WRONG:
        return f"settles on a wrong arm in {wrong:.0%} of the runs"
    if curve.get(tenth, 0.0) >= EARLY * total:
        return f"paid {curve[tenth] / total:.0%} of its regret in the first tenth of the pulls, then had settled"
    if late <= SETTLED * total / horizon:
        return f"explored long, then had settled: loses {late:.2g} per pull at the end"
    if late >= STEADY * total / horizon:
        return f"never stops exploring: loses {late:.3g} per pull to the end"
    return f"settles slowly: still loses {late:.2g} per pull at the end"


def _ranking(results: dict[str, Any]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("", justify="right")
    table.add_column("policy", no_wrap=True)
    table.add_column("what it does, and what came of it")
    changing = (results.get("bed") or {}).get("regret") == "dynamic"
    for place, policy in ranked(results):
        table.add_row(place, broken(policy["spec"]), _reason(policy, place, results["horizon"], changing))
    return table


def _reason(policy: dict[str, Any], place: str, horizon: int, changing: bool) -> str:
    said = "; ".join([course(policy, horizon, changing), *policy.get("misfits", [])])
    rule = policy.get("rule", "")
    return " ".join(f"{part[:1].upper()}{part[1:]}." for part in (rule, said) if part)


def _elsewhere(here: str) -> Table:
    table = Table(title="What to take elsewhere", title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("where", max_width=30)
    table.add_column("take")
    for kind in (*KINDS, *GOALS):
        policies = recommended(kind.name)
        if policies and kind.description != here:
            table.add_row(kind.description, ", ".join(policies))
    return table
