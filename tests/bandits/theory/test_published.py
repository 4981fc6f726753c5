"""The verdict's arithmetic, the matching of specs, and the completeness of the table."""

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pydantic import Field

from bandits.policy import POLICIES, Policy
from bandits.theory.divergences import upper_bernoulli
from bandits.theory.published import PUBLISHED, published_for, same, verdict, verdicts
from explore.core.registry import Registry
from explore.core.spec import Settings
from explore.numerics.compiled import compiled


def test_table_is_complete() -> None:
    by_quantity = {q: [row for row in PUBLISHED if row.quantity == q] for q in ("reward", "optimal", "regret")}
    assert {q: len(rows) for q, rows in by_quantity.items()} == {"reward": 12, "optimal": 12, "regret": 9}
    assert all(0 < row.value < 1 for row in by_quantity["optimal"])
    assert len({(r.testbed, r.horizon, r.policy, r.quantity, r.step) for r in PUBLISHED}) == len(PUBLISHED)


def test_no_published_reward_exceeds_the_best_arm() -> None:
    for row in PUBLISHED:
        if row.quantity == "reward":
            assert row.value < 1.53875 + (4 if "mean=4" in row.testbed else 0)


def test_specs_are_compared_by_meaning() -> None:
    for registry in (POLICIES, Registry[Any]("none", "plugin")):
        assert same("optimistic:alpha=0.10,initial=5", registry) == same("optimistic:initial=5.0,alpha=.1", registry)
        assert same("gradient:baseline=True", registry) == same("gradient:baseline=true", registry)
        assert same("ucb:c=1", registry) != same("ucb:c=2", registry)


def test_a_policy_added_from_python_is_compared_with_its_defaults() -> None:
    """The registry is the one that `add` writes to."""

    class Mine(Policy):
        class Settings(Settings):
            width: float = Field(3.0, description="a setting with a default")

    POLICIES.add("mine-published", Mine)
    try:
        assert same("mine-published", POLICIES) == same("mine-published:width=3", POLICIES)
    finally:
        del POLICIES._added["mine-published"]


def test_a_single_run_gets_no_verdict() -> None:
    """It has no standard error."""
    run = simulated(1.527)
    for policy in run.policies:
        policy.reward_se = policy.optimal_se = math.nan
    assert verdicts(run) == []


def test_verdict_weighs_both_errors() -> None:
    row = published_for("sutton-barto", 1000, "ucb:c=1")[0]
    close = verdict(row, row.value + 0.0149, 0.0)
    assert close.agrees
    assert close.z == pytest.approx(2.98)
    assert not verdict(row, row.value + 0.0151, 0.0).agrees
    assert not verdict(row, row.value - 0.05, 0.01).agrees
    wide = verdict(row, row.value + 0.05, 0.02)
    assert wide.agrees
    assert wide.standard_error == pytest.approx(math.hypot(0.005, 0.02))


def simulated(reward: float) -> SimpleNamespace:
    policy = SimpleNamespace(
        spec="ucb:c=1", reward=reward, reward_se=0.004, optimal=0.922, optimal_se=0.003, regret=9.0, regret_se=0.1
    )
    stranger = SimpleNamespace(**{**vars(policy), "spec": "ucb-tuned"})
    return SimpleNamespace(testbed="sutton-barto", horizon=1000, policies=[stranger, policy])


def test_verdicts_on_a_simulation() -> None:
    checked = verdicts(simulated(1.527))
    assert [(v.policy, v.quantity, v.agrees) for v in checked] == [
        ("ucb:c=1", "reward", True),
        ("ucb:c=1", "optimal", True),
    ]
    assert [v.agrees for v in verdicts(simulated(1.40))] == [False, True]
    other = simulated(1.527)
    other.horizon = 2000
    assert verdicts(other) == []


def test_the_spike_of_ucb_is_read_at_its_checkpoint() -> None:
    run = simulated(1.491)
    run.steps = [1, 10, 11, 12]
    run.policies = [
        SimpleNamespace(
            **{**vars(run.policies[1]), "spec": "ucb:c=2", "optimal": 0.856},
            reward_curve=[0.0, 0.0, 1.09, 0.4],
            reward_curve_se=[0.01] * 4,
            optimal_curve=[0.1, 0.1, 0.30, 0.2],
            optimal_curve_se=[0.001] * 4,
        )
    ]
    checked = {v.quantity: v for v in verdicts(run)}
    assert set(checked) == {"reward", "optimal", "reward at step 11", "optimal at step 11"}
    assert checked["reward at step 11"].own == 1.09
    assert checked["reward at step 11"].agrees
    assert not checked["optimal at step 11"].agrees


def test_assumed_errors_are_said_to_be_assumed() -> None:
    for row in PUBLISHED:
        assert ("assumed" in row.note) == (row.quantity == "regret")
        assert row.standard_error > 0


@pytest.mark.parametrize("policy", ["ucb1", "kl-ucb:c=0"])
def test_published_regret_is_reproduced_by_a_plain_loop(policy: str) -> None:
    """Two arms written out here: the value is right, the KL index is right inside a policy, ln counts past pulls."""
    means, horizon, runs = (0.9, 0.8), 5000, 400
    generator = np.random.default_rng(11)
    regrets = np.array([plain_run(means, horizon, policy == "ucb1", generator) for _ in range(runs)])
    row = published_for("two-arms", horizon, policy)[0]
    checked = verdict(row, float(regrets.mean()), float(regrets.std(ddof=1) / math.sqrt(runs)))
    assert checked.agrees, checked


@compiled
def plain_run(means: tuple[float, float], horizon: int, ucb1: bool, generator: np.random.Generator) -> float:
    wins, pulls, regret = np.zeros(2), np.zeros(2), 0.0
    index = np.zeros(2)
    for t in range(horizon):
        arm = t
        if t >= 2:
            for a in range(2):
                mean = wins[a] / pulls[a]
                index[a] = (
                    mean + math.sqrt(2 * math.log(t) / pulls[a])
                    if ucb1
                    else upper_bernoulli(mean, math.log(t) / pulls[a])
                )
            arm = int(index[1] > index[0])
            if index[0] == index[1]:
                arm = int(generator.random() < 0.5)
        wins[arm] += generator.random() < means[arm]
        pulls[arm] += 1
        regret += means[0] - means[arm]
    return regret
