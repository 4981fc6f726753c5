"""The report of act 1: each policy's reward, share of optimal pulls and regret, and verdicts on published values."""

from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

NORMAL = 1.96  # 95 % interval of a mean over many runs


def figures(simulation: Any) -> dict[str, Any]:
    """A simulation as plain data."""
    from bandits.theory.published import verdicts

    policies = []
    for policy in simulation.policies:
        regret, error = float(policy.regret), float(policy.regret_se)
        policies.append(
            {
                "spec": str(policy.spec),
                "regret": {"mean": regret, "ci": [regret - NORMAL * error, regret + NORMAL * error]},
                "optimal": float(policy.optimal),
                "optimal_se": float(policy.optimal_se),
                "reward": float(policy.reward),
                "reward_se": float(policy.reward_se),
                "pulls_per_second": float(policy.pulls_per_second),
            }
        )
    head = {key: getattr(simulation, key) for key in ("testbed", "horizon", "runs", "seed")}
    return {**head, "policies": policies, "verdicts": [asdict(verdict) for verdict in verdicts(simulation)]}


def show(console: Console, found: dict[str, Any]) -> None:
    """Print the policies, then one line per published value."""
    title = f"{found['testbed']} · {found['runs']:,} runs × {found['horizon']:,} pulls · seed {found['seed']}"
    table = Table(title=title, title_justify="left")
    table.add_column("policy", overflow="fold")
    for name in ("regret [95 %]", "reward", "optimal", "pulls/s"):
        table.add_column(name, justify="right", overflow="fold")
    for policy in found["policies"]:
        low, high = policy["regret"]["ci"]
        table.add_row(
            policy["spec"],
            f"{policy['regret']['mean']:.1f} [{low:.1f}, {high:.1f}]",
            f"{policy['reward']:.3f} ± {policy['reward_se']:.3f}",
            f"{policy['optimal']:.1%} ± {policy['optimal_se']:.1%}",
            f"{policy['pulls_per_second'] / 1e6:.1f} M",
        )
    console.print(table)
    console.print("reward and optimal: mean over the last ten pulls ± standard error.", style="dim")
    if not found["verdicts"]:
        console.print("No published value is known for this experiment.")
        return
    verdicts = Table(title="Against published values", title_justify="left")
    for name in ("policy", "quantity", "published", "own", "z", "verdict"):
        verdicts.add_column(name, overflow="fold")
    for row in found["verdicts"]:
        verdicts.add_row(
            row["policy"],
            row["quantity"],
            f"{row['published']:.3f}",
            f"{row['own']:.3f}",
            f"{row['z']:+.1f}",
            "agrees" if row["agrees"] else "DIFFERS",
        )
    console.print(verdicts)
