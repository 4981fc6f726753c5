"""The report on testbeds with a discount: returns, their share of the optimum, exact values, what to read."""

import io
from typing import Any

import numpy as np
import pytest
from rich.console import Console

import bandits
from escapade.report.bandits import returns
from escapade.report.bandits.report import figures, sentence, show


def shown(results: Any) -> str:
    console = Console(file=io.StringIO(), width=80, highlight=False, markup=False)
    show(console, results)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


@pytest.fixture(scope="module")
def simulation() -> Any:
    policies = ["gittins", "duff", "duff:epsilon=0.2"]
    return bandits.simulate("two-tasks", policies, runs=60, horizon=20_000, seed=1)


def test_figures_hold_the_return_and_its_share(simulation: Any) -> None:
    results = figures(simulation)
    assert results["discount"] == 0.7
    assert results["optimum"] == pytest.approx(simulation.optimum.mean())
    for policy, result in zip(results["policies"], simulation.policies, strict=True):
        mean, (low, high) = policy["discounted_return"].values()
        assert mean == pytest.approx(result.returns.mean())
        half = 2.000995 * result.returns.std(ddof=1) / np.sqrt(60)
        assert (low, high) == pytest.approx((mean - half, mean + half))
        assert policy["share"]["mean"] == pytest.approx(mean / results["optimum"])
        assert policy["share"]["ci"][0] < policy["share"]["mean"] < policy["share"]["ci"][1]
        assert policy["short"]["mean"] == pytest.approx(results["optimum"] - mean)
        assert {"regret", "optimal", "reward", "pulls_per_second"} <= set(policy)


def test_the_report_ranks_by_return_and_shows_who_sticks(simulation: Any) -> None:
    results = figures(simulation)
    text = shown(results)
    assert "Regret does not rank policies here" in " ".join(text.split())
    assert "of optimum" in text
    assert "Lai & Robbins" not in text
    sticks = next(line for line in text.splitlines() if "task 1 abandoned" in line)
    assert "DIFFERS" in sticks
    assert all(len(line) <= 80 for line in text.splitlines())
    assert sentence(results).startswith("On two-tasks, gittins earned most")
    agreeing = sum(row["agrees"] for row in results["exact"])
    assert f"{agreeing} of 13 exact values agree" in sentence(results)


def test_a_short_horizon_says_what_it_leaves_out() -> None:
    text = " ".join(shown(figures(bandits.simulate("two-tasks", ["gittins"], runs=5, horizon=10, seed=1))).split())
    assert f"up to {0.7**10:.1%} of it after the horizon" in text


def test_beds_without_an_optimum_keep_their_regret() -> None:
    """A discount alone adds the return, and no discount adds nothing."""
    priced = figures(bandits.simulate("bernoulli:means=0.9/0.2,discount=0.9", ["gittins"], runs=5, horizon=20))
    assert not returns.ranks_by_return(priced)
    assert "share" not in priced["policies"][0]
    text = shown(priced)
    assert "return: Σ" in text
    assert "Lai & Robbins" in text
    assert "had the least regret" in sentence(priced)
    plain = figures(bandits.simulate("bernoulli:means=0.9/0.2", ["gittins"], runs=5, horizon=20))
    assert "discount" not in plain
    assert "discounted_return" not in plain["policies"][0]
    assert "return: Σ" not in shown(plain)
