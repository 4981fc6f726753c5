"""The report of act 1: what each policy earned and lost, beside theory and published values, and where to use it."""

import math
from dataclasses import asdict
from typing import Any

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from escapade.report import returns
from escapade.report.chart import chart
from escapade.report.names import broken

NORMAL = 1.96  # 95 % interval of a mean over many runs


def figures(simulation: Any) -> dict[str, Any]:
    """A simulation as plain data."""
    from bandits.theory.published import verdicts

    head = {key: getattr(simulation, key) for key in ("testbed", "horizon", "runs", "seed")}
    best = min(simulation.policies, key=lambda policy: policy.regret)
    return {
        **head,
        "policies": [_policy(policy, best, simulation) for policy in simulation.policies],
        **returns.figures(simulation),
        "theory": _theory(simulation),
        "verdicts": [asdict(verdict) for verdict in verdicts(simulation)],
    }


def show(console: Console, found: dict[str, Any]) -> None:
    """Print the policies, their regret curves, one line per published value, and one sentence."""
    if found.get("discount"):
        returns.show(console, found)
    if not returns.ranks_by_return(found):
        _show_regret(console, found)
    if found["verdicts"]:
        console.print(_verdicts(found["verdicts"]))
    elif not found.get("exact"):
        console.print("No published value is known for this experiment.")
    if found.get("exact"):
        console.print(returns.exact_table(found))
    advised = _advice(found)
    if advised.row_count:
        console.print(advised)
    console.print(sentence(found))


def _show_regret(console: Console, found: dict[str, Any]) -> None:
    """The table, what it does not say, the curves and the lower bound."""
    console.print(_table(found))
    console.print(
        f"regret, and its difference to the least: mean over {found['runs']:,} runs ± 95 % interval, all policies on "
        "the same arms and rewards; reward, optimal: over the last ten pulls ± standard error.",
        style="dim",
    )
    fewer = [policy for policy in found["policies"] if policy["runs"] < found["runs"]]
    if fewer:
        counts = ", ".join(f"{policy['spec']} {policy['runs']:,}" for policy in fewer)
        console.print(f"fewer runs, as they train networks of their own: {counts}.", style="dim")
    slow = [policy for policy in found["policies"] if not policy["compiled"]]
    fast = [policy["pulls_per_second"] for policy in found["policies"] if policy["compiled"]]
    if slow and fast:
        times = ", ".join(f"{policy['spec']} {max(fast) / policy['pulls_per_second']:,.0f} ×" for policy in slow)
        console.print(f"not compiled, and slower than the fastest here by: {times}.", style="dim")
    console.print(
        chart(
            [
                (policy["spec"], *zip(*[(step, mean) for step, mean, _, _ in policy["curve"]], strict=True))
                for policy in found["policies"]
            ],
            title="regret",
            across="pulls (logarithmic)",
            width=console.width - 1,
            logarithmic=True,
        )
    )
    theory = found["theory"]
    if theory["lai_robbins"] is not None:
        line = theory["lai_robbins"] * math.log(found["horizon"])
        console.print(f"Lai & Robbins: {theory['lai_robbins']:.4g} · ln T = {line:.1f}; {theory['note']}.")


def sentence(found: dict[str, Any]) -> str:
    """What happened: who lost least, who cannot be told from it, and whether published values were met."""
    if returns.ranks_by_return(found):
        return returns.sentence(found)
    ranked = sorted(found["policies"], key=lambda policy: policy["regret"]["mean"])
    best, *others = ranked
    parts = [f"On {found['testbed']}, {best['spec']} lost least ({best['regret']['mean']:.1f} ± {_half(best):.1f})"]
    near = [policy["spec"] for policy in others if policy["behind"]["ci"][0] <= 0]
    if near:
        parts.append(f"{', '.join(near)} cannot be told from it")
    elif others:
        worst = ranked[-1]
        parts.append(f"every other policy lost more, {worst['spec']} most ({worst['regret']['mean']:.1f})")
    if found["verdicts"]:
        agreeing = sum(row["agrees"] for row in found["verdicts"])
        parts.append(f"{agreeing} of {len(found['verdicts'])} published values agree")
    return "; ".join(parts) + "."


def lai_robbins_constant(simulation: Any) -> float | None:
    """The constant of Lai & Robbins' bound, where the arms are the same in every run."""
    constant: float | None = _theory(simulation)["lai_robbins"]
    return constant


def _policy(policy: Any, best: Any, simulation: Any) -> dict[str, Any]:
    regret, error = float(policy.regret), float(policy.regret_se)
    shared = min(len(policy.regrets), len(best.regrets))  # runs that both played, on the same arms and rewards
    behind = policy.regrets[:shared] - best.regrets[:shared]
    spread = NORMAL * float(behind.std(ddof=1)) / math.sqrt(len(behind)) if len(behind) > 1 else math.nan
    rows = zip(simulation.steps, policy.regret_curve, policy.regret_low, policy.regret_high, strict=True)
    return {
        "spec": str(policy.spec),
        "runs": len(policy.regrets),
        "regret": {"mean": regret, "ci": [regret - NORMAL * error, regret + NORMAL * error]},
        "behind": {"mean": float(behind.mean()), "ci": [behind.mean() - spread, behind.mean() + spread]},
        "optimal": float(policy.optimal),
        "optimal_se": float(policy.optimal_se),
        "reward": float(policy.reward),
        "reward_se": float(policy.reward_se),
        "simple_regret": {"mean": float(policy.simple_regret), "se": float(policy.simple_regret_se)},
        "best_arm_error": {"mean": float(policy.best_arm_error), "se": float(policy.best_arm_error_se)},
        "pulls_per_second": float(policy.pulls_per_second),
        "compile_seconds": float(policy.compile_seconds),
        "compiled": bool(policy.compiled),
        **returns.policy_figures(policy, simulation),
        "bound": _bound(policy, simulation),
        "curve": [[int(step), float(mean), float(low), float(high)] for step, mean, low, high in rows],
    }


def _problem(simulation: Any) -> tuple[Any, str]:
    """The testbed's means where they are fixed, and its family; (None, "") for a stranger's testbed."""
    from bandits.testbed import TESTBEDS

    try:
        plugin, settings = TESTBEDS.resolve(simulation.testbed)
    except ValueError:
        return None, ""
    bed = plugin(**dict(settings))
    return (None if bed.moving else bed.means), bed.family


def _theory(simulation: Any) -> dict[str, Any]:
    from bandits.theory.lai_robbins import FAMILIES, lai_robbins

    means, family = _problem(simulation)
    if means is None or family not in FAMILIES:
        return {"lai_robbins": None, "note": "no lower bound: the arms are not the same in every run"}
    bound = lai_robbins(np.asarray(means).tolist(), family)
    return {"lai_robbins": bound.constant, "note": bound.note}


def _bound(policy: Any, simulation: Any) -> dict[str, Any] | None:
    """The smallest known bound on this policy's regret, with what it rests on."""
    from bandits.theory.bounds import bound_for
    from bandits.theory.lai_robbins import FAMILIES

    means, family = _problem(simulation)
    if means is None or family not in FAMILIES:
        return None
    bound = bound_for(str(policy.spec), np.asarray(means).tolist(), simulation.horizon, family=family)
    return None if bound is None else asdict(bound)


def _half(policy: dict[str, Any]) -> float:
    low, high = policy["regret"]["ci"]
    return float(high - low) / 2


def _table(found: dict[str, Any]) -> Table:
    title = f"{found['testbed']} · {found['runs']:,} runs × {found['horizon']:,} pulls · seed {found['seed']}"
    bounded = any(policy["bound"] for policy in found["policies"])
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("policy", no_wrap=True)
    for name in ("regret", "behind", *(["bound"] if bounded else []), "reward", "optimal", "pulls/s"):
        table.add_column(name, justify="right")
    for policy in found["policies"]:
        low, high = policy["behind"]["ci"]
        ahead = low == high == 0
        speed = f"{policy['pulls_per_second'] / 1e6:.1f} M" if policy["compiled"] else _slow(policy)
        table.add_row(
            broken(policy["spec"]),
            f"{policy['regret']['mean']:.1f} ±{_half(policy):.1f}",
            "least" if ahead else f"{policy['behind']['mean']:+.1f} ±{(high - low) / 2:.1f}",
            *([_shown(policy["bound"])] if bounded else []),
            f"{policy['reward']:.3f} ±{policy['reward_se']:.3f}",
            f"{policy['optimal']:.1%} ±{100 * policy['optimal_se']:.1f}",
            speed,
        )
    return table


def _slow(policy: dict[str, Any]) -> str:
    return f"{policy['pulls_per_second'] / 1e6:.3f} M"


def _shown(bound: dict[str, Any] | None) -> str:
    return "–" if bound is None else f"{'≥' if bound['direction'] == 'lower' else '≤'} {bound['value']:,.0f}"


def _verdicts(rows: list[dict[str, Any]]) -> Table:
    table = Table(title="Against published values", title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("policy", no_wrap=True)
    table.add_column("quantity")
    for name in ("published", "own", "z"):
        table.add_column(name, justify="right")
    table.add_column("verdict")
    before = None
    for row in rows:
        table.add_row(
            "" if row["policy"] == before else broken(row["policy"]),
            row["quantity"],
            f"{row['published']:.3f}",
            f"{row['own']:.3f}",
            f"{row['z']:+.1f}",
            "agrees" if row["agrees"] else "DIFFERS",
        )
        before = row["policy"]
    table.caption = "agrees: within three standard errors of the difference, |z| ≤ 3."
    table.caption_justify = "left"
    return table


def _advice(found: dict[str, Any]) -> Table:
    from bandits.advice import advice_for

    table = Table(title="Which to use where", title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in ("policy", "good for", "needs to know", "source"):
        table.add_column(name, overflow="fold")
    for name in dict.fromkeys(policy["spec"].partition(":")[0] for policy in found["policies"]):
        advice = advice_for(name)
        if advice is not None:
            table.add_row(name, advice.good_for, advice.needs, advice.source)
    return table
