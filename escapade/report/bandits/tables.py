"""The tables of the report of the bandit experiment, from its figures."""

import math
from typing import Any

from rich import box
from rich.table import Table
from scipy import stats

from bandits.simulator.results import standard_error
from escapade.report.bandits.names import broken
from escapade.statistics.intervals import rate_interval

LEVEL = 0.95
FEW = 6  # differences that are all alike: with fewer, the sign test cannot reach the 5 % level


def dynamic(results: dict[str, Any]) -> bool:
    """Whether the best arm is one of each step; results of an older version lack the entry."""
    return (results.get("bed") or {}).get("regret") == "dynamic"


def significant(policy: dict[str, Any]) -> bool:
    """Whether its regret is above the least, by the 95 % interval of the differences run by run; not for one run."""
    low, high = policy["behind"]["ci"]
    return low is not None and bool(low > 0) and (high > low or policy["runs"] >= FEW)


def half(policy: dict[str, Any]) -> float:
    """Half the width of the interval of its regret."""
    low, high = policy["regret"]["ci"]
    return float(high - low) / 2


def mean_interval(values: Any) -> dict[str, Any]:
    """The mean of `values` `(runs,)` and Student's 95 % interval; the interval is NaN for a single run."""
    mean, error = float(values.mean()), half_width(standard_error(values), len(values))
    return {"mean": mean, "ci": [mean - error, mean + error]}


def half_width(error: float, runs: int) -> float:
    """Half the width of Student's 95 % interval of a mean over `runs` runs with this standard error; NaN for one."""
    return float(stats.t.ppf((1 + LEVEL) / 2, runs - 1)) * error if runs > 1 else math.nan


def error_interval(policy: dict[str, Any]) -> tuple[float, float]:
    """Wilson's 95 % interval of the share of runs in which the recommended arm is not the best."""
    runs = policy["runs"]
    return rate_interval(round(policy["best_arm_error"]["mean"] * runs), runs, LEVEL)


def plus_minus(error: float | None, form: str) -> str:
    """` ±error`; empty where it is unknown, as that of a single run."""
    return f" ±{error:{form}}" if error is not None and math.isfinite(error) else ""


def earnings(results: dict[str, Any]) -> Table:
    """What each policy lost and earned on the way."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("policy", no_wrap=True)
    for name in ("regret", "behind", "reward", "optimal", "pulls/s"):
        table.add_column(name, justify="right")
    least = min(results["policies"], key=lambda policy: float(policy["regret"]["mean"]))
    for policy in results["policies"]:
        low, high = policy["behind"]["ci"]
        ahead = policy is least
        table.add_row(
            broken(policy["spec"]),
            f"{policy['regret']['mean']:.1f}{plus_minus(half(policy), '.1f')}",
            "least" if ahead else f"{policy['behind']['mean']:+.1f}{plus_minus((high - low) / 2, '.1f')}",
            f"{policy['reward']:.3f}{plus_minus(policy['reward_se'], '.3f')}",
            f"{policy['optimal']:.1%}{plus_minus(100 * (policy['optimal_se'] or math.nan), '.1f')}",
            speed(policy),
        )
    return table


def recommended(results: dict[str, Any]) -> Table:
    """The arm that each would recommend at the horizon."""
    title = "Recommended arm at the horizon"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("policy", overflow="fold")
    for name in ("simple regret", "wrong"):
        table.add_column(name, justify="right")
    for policy in results["policies"]:
        simple, (low, high) = policy["simple_regret"], error_interval(policy)
        table.add_row(
            policy["spec"],
            f"{simple['mean']:.3f}{plus_minus(half_width(simple['se'], policy['runs']), '.3f')}",
            f"{policy['best_arm_error']['mean']:.1%} [{100 * low:.1f}, {100 * high:.1f}]",
        )
    return table


def bounds(results: dict[str, Any]) -> Table:
    """The bound of each policy that has one, and its regret."""
    title = "Proven bounds and simulated regret"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("policy", no_wrap=True)
    for name in ("regret", "bound"):
        table.add_column(name, justify="right")
    table.add_column("what the bound is")
    for policy in results["policies"]:
        if policy["bound"]:
            regret = f"{policy['regret']['mean']:.1f}"
            table.add_row(broken(policy["spec"]), regret, _value(policy["bound"]), _statement(policy["bound"]))
    return table


KINDS = {"instance": "for these arms", "worst case": "for any arms", "bayesian": "for the mean over the prior"}


def _statement(bound: dict[str, Any] | None) -> str:
    """What kind of statement a bound is, and whose."""
    if bound is None:
        return ""
    if not bound["finite_time"]:
        return f"asymptotic, C ln T: at this T the regret may be above or below it ({bound['source']})"
    kind = (
        "lower bound: the cost of exploring with constant probability"
        if bound["direction"] == "lower"
        else KINDS[bound["kind"]]
    )
    idle = ", but vacuous at this T" if "vacuous" in bound["note"] else ""
    return f"{kind}{idle} ({bound['source']})"


def speed(policy: dict[str, Any]) -> str:
    """Pulls per second, in millions or thousands."""
    pulls = policy["pulls_per_second"]
    return f"{pulls / 1e6:,.1f} M" if pulls >= 1e5 else f"{pulls / 1e3:,.1f} k"


def _value(bound: dict[str, Any] | None) -> str:
    if bound is None:
        return "–"
    sign = "≥" if bound["direction"] == "lower" else "≤" if bound["finite_time"] else "~"
    return f"{sign} {bound['value']:,.0f}"


def published(rows: list[dict[str, Any]]) -> Table:
    """One line per published value."""
    table = Table(title="Against published values", title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("policy", no_wrap=True)
    table.add_column("quantity")
    for name in ("published", "own", "z"):
        table.add_column(name, justify="right")
    table.add_column("verdict")
    lines: list[str] = []
    for place, row in enumerate(rows):
        if place == 0 or row["policy"] != rows[place - 1]["policy"]:
            lines = broken(row["policy"]).split("\n")
        if place + 1 == len(rows) or rows[place + 1]["policy"] != row["policy"]:  # the rest of a long name
            lines = ["\n".join(lines)]
        table.add_row(
            lines.pop(0) if lines else "",
            row["quantity"],
            f"{row['published']:.3f}",
            f"{row['own']:.3f}",
            f"{row['z']:+.1f}",
            "agrees" if row["agrees"] else "DIFFERS",
        )
    return table
