"""The discounted return in the bandit report: for testbeds with a discount, and above all for Markov arms.

Where an optimum is known (Markov arms), returns take the place of regret: the value of a pull includes the states that
it leads to, and regret against the arm that pays most now would count a step towards better states as a mistake.
"""

import itertools
from dataclasses import asdict
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from bandits.theory.exact import exact_values
from escapade.report.bandits.names import broken
from escapade.report.bandits.tables import mean_interval, plus_minus, speed
from escapade.report.chart import chart

FAR = 1e-3  # of the optimum; what pulls beyond the horizon may add without a word


def figures(simulation: Any) -> dict[str, Any]:
    """What a testbed with a discount adds to the figures; empty for any other.

    `optimum` is the mean over runs of the best expected return of endless pulls, None where it is not known.
    """
    if not simulation.discount:
        return {}
    best = simulation.optimum
    return {
        "discount": float(simulation.discount),
        "optimum": None if best is None else float(best.mean()),
        "exact": [asdict(row) for row in exact_values(simulation)],
    }


def policy_figures(policy: Any, simulation: Any) -> dict[str, Any]:
    """What a testbed with a discount adds to the figures of one policy."""
    if policy.returns is None:
        return {}
    results: dict[str, Any] = {"discounted_return": mean_interval(policy.returns)}
    if simulation.optimum is not None:
        best = simulation.optimum[: len(policy.returns)]
        results["rewards"] = [
            [int(step), float(mean)] for step, mean in zip(simulation.steps, policy.reward_curve, strict=True)
        ]
        results["short"] = mean_interval(best - policy.returns)  # by how much it falls short, run by run
        if best.mean() > 0:
            share = float(policy.returns.mean() / best.mean())
            _, (low, high) = mean_interval((policy.returns - share * best) / best.mean()).values()
            results["share"] = {"mean": share, "ci": [share + low, share + high]}
    return results


def ranks_by_return(results: dict[str, Any]) -> bool:
    """Whether returns take the place of regret; `results` may come from an older store."""
    return results.get("optimum") is not None


def show(console: Console, results: dict[str, Any]) -> None:
    """Print the returns, and what they are; where they take the place of regret, also the reward over time."""
    console.print(returns_table(results))
    known = ranks_by_return(results)
    said = f"return: Σ γ^(t−1) r_t with γ = {results['discount']:g}, mean ± 95 % interval"
    if known:
        said += f"; the mean over runs of the best expected return is {results['optimum']:.3f}"
        beyond = results["discount"] ** results["horizon"]
        if beyond > FAR:
            said += f", up to {beyond:.1%} of it after the horizon"
    said += "; reward: over the last ten pulls ± standard error."
    if known:
        said += (
            " Regret does not rank policies here, as a pull also changes the state of its arm and its later rewards."
        )
    console.print(said, style="dim")
    if known:
        curves = [(policy["spec"], *zip(*policy["rewards"], strict=True)) for policy in results["policies"]]
        across = "pulls (logarithmic)"
        console.print(chart(curves, title="reward", across=across, width=console.width - 1, logarithmic=True))


def sentence(results: dict[str, Any]) -> str:
    """Which policy earned most and which least, and how many exact values agree."""
    best, *others = sorted(results["policies"], key=lambda policy: -policy["discounted_return"]["mean"])
    parts = [f"On {results['testbed']}, {best['spec']} earned most ({_plus_minus(best['discounted_return'])}"]
    parts[0] += f", {best['share']['mean']:.1%} of the optimum)" if "share" in best else ")"
    if others:
        worst = others[-1]
        share = f", {worst['share']['mean']:.1%}" if "share" in worst else ""
        parts.append(f"{worst['spec']} least ({_plus_minus(worst['discounted_return'])}{share})")
    if results["exact"]:
        agreeing = sum(row["agrees"] for row in results["exact"])
        parts.append(f"{agreeing} of {len(results['exact'])} exact values agree")
    return "; ".join(parts) + "."


def exact_table(results: dict[str, Any]) -> Table:
    """One line per exact value."""
    table = Table(title="Against exact values", title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("policy", no_wrap=True)
    table.add_column("quantity")
    for name in ("exact", "own", "off"):
        table.add_column(name, justify="right")
    table.add_column("verdict")
    for spec, group in itertools.groupby(results["exact"], key=lambda row: row["policy"]):
        rows, lines = list(group), broken(spec).split("\n")  # a long spec continues in the next rows
        names = [*lines[: len(rows) - 1], "\n".join(lines[len(rows) - 1 :])]
        names += [""] * (len(rows) - len(names))
        for name, row in zip(names, rows, strict=True):
            table.add_row(
                name,
                row["quantity"],
                f"{row['exact']:.3f}",
                f"{row['own']:.3f}{plus_minus(row['standard_error'], '.3f')}",
                "" if row["off"] is None else f"{row['off']:.0%}",
                "agrees" if row["agrees"] else "DIFFERS",
            )
    table.caption = (
        "off: share of runs whose estimate is more than a tenth off; an estimate agrees where that is at most 5 %, a "
        "return if it is within three standard errors. abandoned: not pulled in the last tenth of the run."
    )
    table.caption_justify = "left"
    return table


def returns_table(results: dict[str, Any]) -> Table:
    """One line per policy: its return, its share of the optimum where that is known, and its speed."""
    known = ranks_by_return(results)
    title = "Discounted return"
    if known:  # else the table of regret names the experiment
        title = (
            f"{results['testbed']} · {results['runs']:,} runs × {results['horizon']:,} pulls · seed {results['seed']}"
        )
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("policy", no_wrap=True)
    for name in ("return", *(["of optimum", "short by"] if known else []), "reward", "pulls/s"):
        table.add_column(name, justify="right")
    for policy in results["policies"]:
        short = [_share(policy), _plus_minus(policy["short"])] if known else []
        table.add_row(
            broken(policy["spec"]),
            _plus_minus(policy["discounted_return"]),
            *short,
            f"{policy['reward']:.2f}{plus_minus(policy['reward_se'], '.2f')}",
            speed(policy),
        )
    return table


def _share(policy: dict[str, Any]) -> str:
    if "share" not in policy:
        return "–"
    low, high = policy["share"]["ci"]
    return f"{policy['share']['mean']:.1%}{plus_minus(50 * (high - low), '.1f')}"


def _plus_minus(interval: dict[str, Any]) -> str:
    low, high = interval["ci"]
    return f"{interval['mean']:.2f}{plus_minus((high - low) / 2, '.2f')}"
