"""The bandit experiment in short: the verdict, one table and one curve. `report` has everything else."""

from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from escapade.report.bandits import returns
from escapade.report.bandits.names import broken
from escapade.report.bandits.report import sentence
from escapade.report.bandits.tables import dynamic, half, plus_minus, speed
from escapade.report.chart import LOW, chart


def show(console: Console, results: dict[str, Any]) -> None:
    """Print the verdict, the table and the curve of regret, of reward where returns take its place."""
    console.print(sentence(results), style="bold")
    curve, title = "curve", "dynamic regret" if dynamic(results) else "regret"
    if returns.ranks_by_return(results):
        console.print(returns.returns_table(results))
        curve, title = "rewards", "reward"
    else:
        console.print(_table(results))
    series = [(each["spec"], *list(zip(*each[curve], strict=True))[:2]) for each in results["policies"]]
    across = "pulls (logarithmic)"
    console.print(chart(series, title=title, across=across, width=console.width - 1, height=LOW, logarithmic=True))


def _table(results: dict[str, Any]) -> Table:
    title = f"{results['testbed']} · {results['runs']:,} runs × {results['horizon']:,} pulls · seed {results['seed']}"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("policy", no_wrap=True)
    for name in ("regret [95 %]", "above the least", "best arm at the end", "pulls/s"):
        table.add_column(name, justify="right")
    least = min(float(policy["regret"]["mean"]) for policy in results["policies"])
    for policy in results["policies"]:
        low, high = policy["behind"]["ci"]
        apart = None if low is None else (high - low) / 2
        first = policy["regret"]["mean"] == least
        table.add_row(
            broken(policy["spec"]),
            f"{policy['regret']['mean']:.1f}{plus_minus(half(policy), '.1f')}",
            "least" if first else f"{policy['behind']['mean']:+.1f}{plus_minus(apart, '.1f')}",
            f"{policy['optimal']:.1%}",
            speed(policy),
        )
    return table
