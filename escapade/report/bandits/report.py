"""The report of the bandit experiment: the regret and reward of each policy, theory, published values, and a verdict.

`figures` makes plain data of a simulation, `show` prints it; nothing is printed that is not in the data, so that a
report that was kept prints the same. Which policy to use, and why, is in `escapade.report.bandits.verdict`.
"""

import math
from dataclasses import asdict
from typing import Any

import numpy as np
from rich.console import Console

from bandits.policy import POLICIES
from bandits.problem_kinds import problem_kind
from bandits.recommend import describe, recommended_on, rule_of, untested
from bandits.simulator.simulation import simulate
from bandits.testbed import TESTBEDS, Testbed
from bandits.theory.bounds.lai_robbins import LaiRobbins
from bandits.theory.bounds.on_testbed import bound_on, lower_bound
from bandits.theory.published import verdicts
from escapade.report.bandits import returns, verdict
from escapade.report.bandits.tables import (
    bounds,
    dynamic,
    earnings,
    half,
    mean_interval,
    plus_minus,
    published,
    recommended,
    significant,
)
from escapade.report.chart import chart
from explore.errors import BadInput

TIMED = 10**7  # arms examined to measure the speed of a compiled policy: less than a second


def figures(simulation: Any) -> dict[str, Any]:
    """A simulation as plain data."""
    bed = _bed(simulation)
    head = {key: getattr(simulation, key) for key in ("testbed", "horizon", "runs", "seed")}
    best = min(simulation.policies, key=lambda policy: policy.regret)
    return {
        **head,
        "bed": None if bed is None else _facts(bed, simulation),
        "policies": [_policy(policy, best, bed, simulation) for policy in simulation.policies],
        "reference_speed": _reference_speed(bed, simulation),
        **returns.figures(simulation),
        "theory": _theory(bed),
        "verdicts": [asdict(row) for row in verdicts(simulation)],
    }


def show(console: Console, results: dict[str, Any]) -> None:
    """Print the problem, the policies, their regret curves, theory, published values, and the verdict."""
    _show_problem(console, results)
    if results.get("discount"):
        returns.show(console, results)
    if not returns.ranks_by_return(results):
        _show_earnings(console, results)
        if not _equal_arms(results):
            _show_end(console, results)
            _show_theory(console, results)
    if results["verdicts"]:
        console.print(published(results["verdicts"]))
        console.print("agrees: within three standard errors of the difference, |z| ≤ 3.\n", style="dim")
    elif not results.get("exact"):
        console.print("No published value is known for this experiment.\n")
    if results.get("exact"):
        console.print(returns.exact_table(results))
    verdict.show(console, results)
    console.print(sentence(results))


def _show_problem(console: Console, results: dict[str, Any]) -> None:
    if not results.get("discount"):  # the table of returns has this line for its title
        console.print(
            f"{results['testbed']} · {results['runs']:,} runs × {results['horizon']:,} pulls · seed {results['seed']}"
        )
    bed = results.get("bed")
    if bed is not None:
        source = f" Source: {bed['source']}." if bed["source"] else ""
        about = f"{bed['about'][:1].upper()}{bed['about'][1:]}. " if bed["about"] else ""
        console.print(f"{about}Here: {bed['facts']}.{source}", style="dim")


def _show_earnings(console: Console, results: dict[str, Any]) -> None:
    """Regret, reward, and the curves of regret."""
    console.print(earnings(results))
    kind = "regret: dynamic, against the best arm of each step" if dynamic(results) else "regret: against the best arm"
    console.print(
        f"{kind}, mean over {results['runs']:,} runs ± 95 % interval; behind: difference from the policy with the "
        "least regret, paired by run, as all have the same arms and rewards; reward, optimal: mean reward and share of "
        "optimal pulls, over the last ten pulls ± standard error.",
        style="dim",
    )
    if results["runs"] == 1:
        console.print("one run: standard errors and intervals cannot be estimated.", style="dim")
    for policy in results["policies"]:
        if policy.get("policy_regret"):
            low, high = policy["policy_regret"]["ci"]
            console.print(
                f"{policy['spec']}: policy regret {policy['policy_regret']['mean']:.1f}"
                f"{plus_minus((high - low) / 2, '.1f')}, against the oracle's own trajectory (95 % interval).",
                style="dim",
            )
    fewer = [policy for policy in results["policies"] if policy["runs"] < results["runs"]]
    if fewer:
        counts = ", ".join(f"{policy['spec']} {policy['runs']:,}" for policy in fewer)
        console.print(f"fewer runs, as they train networks: {counts}.", style="dim")
    slow = [policy for policy in results["policies"] if not policy["compiled"]]
    fast = [policy["pulls_per_second"] for policy in results["policies"] if policy["compiled"]]
    speed, whose = (
        (max(fast), "the fastest here") if fast else (results.get("reference_speed"), "a compiled epsilon-greedy")
    )
    if slow and speed:
        times = ", ".join(f"{policy['spec']} {speed / policy['pulls_per_second']:,.0f} ×" for policy in slow)
        console.print(f"not compiled; times slower than {whose}: {times}.", style="dim")
    console.print(
        chart(
            [
                (policy["spec"], *zip(*[(step, mean) for step, mean, _, _ in policy["curve"]], strict=True))
                for policy in results["policies"]
            ],
            title="dynamic regret" if dynamic(results) else "regret",
            across="pulls (logarithmic)",
            width=console.width - 1,
            logarithmic=True,
        )
    )


def _show_end(console: Console, results: dict[str, Any]) -> None:
    """The arm that would be recommended at the horizon."""
    console.print(recommended(results))
    now = " at the last step" if dynamic(results) else ""
    console.print(
        f"recommended: the arm pulled most in {results['horizon']:,} pulls; simple regret: the difference of its mean "
        f"from the best mean{now}; wrong: share of runs in which the recommended arm is not the best; with 95 % "
        "intervals (Wilson's for the shares).\n",
        style="dim",
    )


def _show_theory(console: Console, results: dict[str, Any]) -> None:
    """The bounds of the policies, and the lower bound of all."""
    if any(policy["bound"] for policy in results["policies"]):
        console.print(bounds(results))
    else:
        console.print("Proven bounds and simulated regret", style="italic")
    theory, note = results["theory"], results["theory"]["note"]
    if theory["lai_robbins"] is not None:
        line = theory["lai_robbins"] * math.log(results["horizon"])
        console.print(f"Lai & Robbins: {theory['lai_robbins']:.4g} · ln T = {line:.1f}; {note}.")
    else:
        console.print(f"No lower bound: {note}.")
    reasons: dict[str, list[str]] = {}
    for policy in results["policies"]:
        if policy["bound"] is None and policy.get("no_bound"):
            reasons.setdefault(policy["no_bound"], []).append(policy["spec"])
    for reason, specs in reasons.items():
        whose = "any policy" if len(specs) == len(results["policies"]) else ", ".join(specs)
        console.print(f"No bound for {whose}: {reason}.", style="dim")
    console.print()


def sentence(results: dict[str, Any]) -> str:
    """Which policy had the least regret, which do not differ significantly, and how many published values agree."""
    if returns.ranks_by_return(results):
        return returns.sentence(results)
    if _equal_arms(results):
        return f"On {results['testbed']} all arms are equally good: no policy has any regret."
    ranked = sorted(results["policies"], key=lambda policy: policy["regret"]["mean"])
    best, *others = ranked
    least = f"{best['regret']['mean']:.1f}{plus_minus(half(best), '.1f')}"
    parts = [f"On {results['testbed']}, {best['spec']} had the least regret ({least})"]
    near = [policy["spec"] for policy in others if not significant(policy)]
    if near and results["runs"] == 1:
        parts.append("one run cannot show whether policies differ")
    elif near:
        parts.append(f"no significant difference from {', '.join(near)}")
    elif others:
        worst = ranked[-1]
        parts.append(f"every other policy had more, {worst['spec']} most ({worst['regret']['mean']:.1f})")
    if results["verdicts"]:
        agreeing = sum(row["agrees"] for row in results["verdicts"])
        parts.append(f"{agreeing} of {len(results['verdicts'])} published values agree")
    return "; ".join(parts) + "."


def _equal_arms(results: dict[str, Any]) -> bool:
    return bool((results.get("bed") or {}).get("equal_arms"))


def lai_robbins_constant(simulation: Any) -> float | None:
    """The constant of Lai & Robbins' bound, where the arms are the same in every run."""
    constant: float | None = _theory(_bed(simulation))["lai_robbins"]
    return constant


def _bed(simulation: Any) -> Testbed | None:
    """The testbed; None for one that was passed as an object, and has no name."""
    try:
        plugin, settings = TESTBEDS.resolve(simulation.testbed)
    except BadInput:
        return None
    return plugin(**dict(settings))


def _facts(bed: Testbed, simulation: Any) -> dict[str, Any]:
    kind = problem_kind(bed, simulation.horizon)
    return {
        "about": bed.about,
        "facts": describe(bed),
        "source": bed.source,
        "regret": "dynamic" if bed.non_stationary else "pseudo",
        "equal_arms": bed.means is not None and not bed.non_stationary and float(np.ptp(bed.means)) == 0.0,
        "kind": kind.description,
        "recommended": recommended_on(bed, simulation.horizon),
        "why": kind.why,
        "untested": untested(bed, simulation.horizon, [str(policy.spec) for policy in simulation.policies]),
    }


def _policy(policy: Any, best: Any, bed: Any, simulation: Any) -> dict[str, Any]:
    shared = min(len(policy.regrets), len(best.regrets))  # runs that both played, on the same arms and rewards
    behind = policy.regrets[:shared] - best.regrets[:shared]
    against_oracle = simulation.policy_regrets(policy)
    rows = zip(simulation.steps, policy.regret_curve, policy.regret_low, policy.regret_high, strict=True)
    return {
        "spec": str(policy.spec),
        "runs": len(policy.regrets),
        "regret": mean_interval(policy.regrets),
        "behind": mean_interval(behind),
        "policy_regret": None if against_oracle is None else mean_interval(against_oracle),
        "optimal": float(policy.optimal),
        "optimal_se": float(policy.optimal_se),
        "reward": float(policy.reward),
        "reward_se": float(policy.reward_se),
        "simple_regret": {"mean": float(policy.simple_regret), "se": float(policy.simple_regret_se)},
        "late_inferior": float(policy.late_inferior),
        "late_switches": float(policy.late_switches),
        "best_arm_error": {"mean": float(policy.best_arm_error), "se": float(policy.best_arm_error_se)},
        "pulls_per_second": float(policy.pulls_per_second),
        "compile_seconds": float(policy.compile_seconds),
        "compiled": bool(policy.compiled),
        **returns.policy_figures(policy, simulation),
        **_known(str(policy.spec), bed, simulation.horizon),
        "curve": [[int(step), float(mean), float(low), float(high)] for step, mean, low, high in rows],
        "learning": _learning(policy, simulation.steps),
    }


def _reference_speed(bed: Any, simulation: Any) -> float | None:
    """Pulls per second of ε-greedy on this testbed, for policies that have no compiled one among them; else None."""
    if bed is None or any(policy.compiled for policy in simulation.policies):
        return None
    horizon = max(min(simulation.horizon, 1000), bed.arms)
    runs = min(max(TIMED // (horizon * bed.arms), 1), 1024)
    return float(simulate(bed, ["epsilon-greedy"], runs=runs, horizon=horizon).policies[0].pulls_per_second)


def _learning(policy: Any, steps: Any) -> list[list[float]]:
    """[step, reward, its standard error, share of runs with the best arm, its standard error] at each checkpoint."""
    curves = (policy.reward_curve, policy.reward_curve_se, policy.optimal_curve, policy.optimal_curve_se)
    return [[int(step), *map(float, row)] for step, *row in zip(steps, *curves, strict=True)]


def _theory(bed: Testbed | None) -> dict[str, Any]:
    bound = "the testbed is not an installed one" if bed is None else lower_bound(bed)
    if isinstance(bound, LaiRobbins):
        return {"lai_robbins": bound.constant, "note": bound.note}
    return {"lai_robbins": None, "note": bound}


def _known(spec: str, bed: Testbed | None, horizon: int) -> dict[str, Any]:
    """What the policy's class states: its rule, its bound or why none, and its assumptions that do not hold."""
    known: dict[str, Any] = {"rule": "", "bound": None, "no_bound": None, "misfits": []}
    try:
        plugin, settings = POLICIES.resolve(spec)
    except BadInput:  # a bonus or strategy that plays, or a policy that was passed as an object
        return known
    known["rule"] = rule_of(plugin)
    if bed is None:
        return known
    policy = plugin(**dict(settings))
    bound = bound_on(bed, policy, horizon)
    known |= {"no_bound": bound} if isinstance(bound, str) else {"bound": asdict(bound)}
    return {**known, "misfits": policy.misfits(bed, horizon)}
