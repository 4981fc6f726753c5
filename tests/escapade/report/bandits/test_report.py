"""The bandit report: figures with the promised names, sentences that the figures support, and 80 columns."""

import io
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from bandits.policy import POLICIES, Floats, Policy, rows
from bandits.problem_kinds import Kind, Placement
from bandits.simulator.results import Simulation
from bandits.simulator.simulation import simulate
from bandits.testbed import TESTBEDS, Testbed
from bandits.theory.bounds.statement import Bound, Problem
from escapade.cli import invoke
from escapade.report.bandits.catalogue import policies
from escapade.report.bandits.names import broken
from escapade.report.bandits.report import figures, sentence, show
from escapade.report.bandits.tables import significant, speed
from escapade.report.bandits.verdict import best_identifier, identification, outcome, ranked


@pytest.fixture(scope="module")
def coins() -> dict[str, Any]:
    """Six policies of three kinds on two arms."""
    policies = ["epsilon-greedy:epsilon=0.1", "ucb1", "kl-ucb", "thompson", "tsallis-inf"]
    return figures(simulate("two-arms", policies, runs=200, horizon=600, seed=1))


def printed(results: dict[str, Any], colour: bool = False) -> str:
    console = Console(file=io.StringIO(), width=80, force_terminal=colour, highlight=False, markup=False)
    show(console, results)
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def flat(results: dict[str, Any]) -> str:
    return " ".join(printed(results).split())


def test_figures_have_the_promised_names(coins: dict[str, Any]) -> None:
    assert {"testbed", "horizon", "runs", "seed", "policies"} <= coins.keys()
    for policy in coins["policies"]:
        assert {"spec", "regret", "optimal", "reward", "pulls_per_second"} <= policy.keys()
        assert {"mean", "ci"} <= policy["regret"].keys()
        assert {"simple_regret", "best_arm_error", "bound", "no_bound", "misfits", "behind"} <= policy.keys()
    json.dumps(coins["bed"])


def test_what_is_learnt_on_the_way_is_among_the_figures() -> None:
    """Reward and % optimal at each checkpoint; ± as of coins for the share, and never above what an arm can pay."""
    run = simulate("two-arms", ["ucb1", "thompson"], runs=100, horizon=200, seed=1)
    results = json.loads(json.dumps(figures(run)))["policies"]
    for policy, result in zip(results, run.policies, strict=True):
        steps, reward, _, optimal, error = zip(*policy["learning"], strict=True)
        assert list(steps) == [row[0] for row in policy["curve"]] == run.steps.tolist()
        assert list(reward) == result.reward_curve.tolist()
        assert list(optimal) == result.optimal_curve.tolist()
        assert error == pytest.approx([(share * (1 - share) / 99) ** 0.5 for share in optimal])
        # of one pull the reward is in the mean 0.9 with the better arm, 0.8 with the other
        for _, mean, spread, share, _ in policy["learning"]:
            assert abs(mean - 0.8 - 0.1 * share) < 5 * spread


def test_paired_differences_are_those_of_the_runs() -> None:
    """Less noise than the regrets have by themselves, with the interval of the differences run by run."""
    run = simulate("two-arms", ["ucb1", "thompson"], runs=200, horizon=600, seed=1)
    first, second = figures(run)["policies"]
    apart = run.policies[0].regrets - run.policies[1].regrets
    half = 1.971957 * apart.std(ddof=1) / 200**0.5
    assert first["behind"]["mean"] == pytest.approx(apart.mean())
    assert first["behind"]["ci"] == pytest.approx([apart.mean() - half, apart.mean() + half])
    assert second["behind"]["ci"] == [0, 0]


@pytest.mark.parametrize("colour", [False, True])
def test_it_fits_80_columns(coins: dict[str, Any], colour: bool) -> None:
    text = printed(coins, colour)
    assert ("\x1b[" in text) == colour
    if not colour:
        assert max(map(len, text.splitlines())) <= 80


def test_it_says_what_to_use_and_why(coins: dict[str, Any]) -> None:
    text = flat(coins)
    assert "Source: Garivier & Cappé 2011, section 6.1." in text
    assert "The problem: rewards in [0, 1]." in text
    assert "Also recommended here, but not simulated: imed, bayes-ucb." in text
    assert "designed for adversarial rewards" in text
    assert "asymptotic, C ln T" in text
    assert "Lai & Robbins: 2.252 · ln T" in text
    assert "simple regret" in text
    assert "delayed rewards thompson" in text
    best = min(coins["policies"], key=lambda policy: float(policy["regret"]["mean"]))
    assert f"{best['spec']} had the least regret" in text


def test_changing_arms_have_dynamic_regret() -> None:
    results = figures(simulate("abrupt:changes=100", ["thompson", "discounted-ucb"], runs=40, horizon=300, seed=1))
    text = flat(results)
    assert results["bed"]["regret"] == "dynamic"
    assert "regret: dynamic, against the best arm of each step" in text
    assert "assumes constant means, but these arms change" in text
    assert "No bound for thompson: the arms change, and its theorem assumes that they do not." in text
    assert "No bound for discounted-ucb: no theorem with constants that could be checked." in text
    assert "best-arm identification" not in text.partition("Recommended on other problems")[0]


class Plain(Policy):
    """The best average, in plain Python."""

    @staticmethod
    def select(state, t, rng):  # type: ignore[no-untyped-def]
        return int(state[0].argmax())

    @staticmethod
    def update(state, arm, reward, rng):  # type: ignore[no-untyped-def]
        state[1, arm] += 1.0
        state[0, arm] += (reward - state[0, arm]) / state[1, arm]

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        return rows(bed.arms, 1.0, 0.0)


def test_a_policy_in_plain_python_alone_is_told_how_much_slower_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against ε-greedy on the same arms; beside a compiled policy no other is played."""
    alone = figures(simulate("two-arms", [Plain()], runs=3, horizon=60, seed=1))
    (policy,) = alone["policies"]
    times = alone["reference_speed"] / policy["pulls_per_second"]
    assert times > 3
    assert f"not compiled; times slower than a compiled epsilon-greedy: Plain {times:,.0f} ×." in flat(alone)
    beside = simulate("two-arms", [Plain(), "epsilon-greedy"], runs=3, horizon=60, seed=1)
    monkeypatch.setattr("escapade.report.bandits.report.simulate", lambda *_, **__: pytest.fail("another was played"))
    results = figures(beside)
    assert results["reference_speed"] is None
    assert "slower than the fastest here: Plain" in flat(results)


def test_a_report_kept_by_an_older_version_still_prints(coins: dict[str, Any]) -> None:
    new = ("no_bound", "misfits", "rule", "late_inferior", "late_switches")
    policies = [{key: value for key, value in policy.items() if key not in new} for policy in coins["policies"]]
    older = {**{key: value for key, value in coins.items() if key != "bed"}, "policies": policies}
    assert sentence(coins) in flat(older)


def test_a_testbed_of_the_users_own_has_no_theory() -> None:
    run = simulate("two-arms", ["ucb1"], runs=5, horizon=30, seed=1)
    stranger = Simulation("Mine", run.horizon, run.runs, run.seed, run.steps, run.policies)
    assert figures(stranger)["bed"] is None
    assert "the testbed is not an installed one" in flat(figures(stranger))


def policy(
    curve: dict[int, float], wrong: float = 0.0, inferior: float | None = None, switches: float = 0.0, **more: Any
) -> dict[str, Any]:
    return {
        "curve": [[step, mean, mean, mean] for step, mean in curve.items()],
        "best_arm_error": {"mean": wrong, "se": 0.01},
        "late_inferior": inferior,
        "late_switches": switches,
        "regret": {"mean": max(curve.values())},
        "runs": 1000,
        **more,
    }


def test_how_a_regret_came_about() -> None:
    """Only the statistics decide: the same linear regret is that of one wrong arm or of arms that are changed."""
    linear = {10: 10.0, 50: 50.0, 100: 100.0}
    assert "settled on an inferior arm in 40% of the runs" in outcome(policy(linear, 0.4, 0.4, 0.01), 100, False)
    assert outcome(policy(linear, 0.4, 0.5, 0.3), 100, False) == (
        "in the last half 50% of its pulls were of an inferior arm, and 30% changed the arm: it loses 1 per pull"
    )
    assert outcome(policy(linear, 0.4, 0.5, 0.3), 100, True) == "loses 1 per pull in the last half"
    assert outcome(policy({10: 8.0, 50: 9.0, 100: 10.0}, 0.0, 0.02, 0.01), 100, False) == (
        "had settled on the best arm: 2.0% of the last half's pulls were of an inferior arm; "
        "80% of its regret fell in the first tenth of the pulls"
    )
    assert outcome(policy(linear), 100, False) == "loses 1 per pull in the last half"  # of an older version
    assert outcome(policy({100: 0.0}), 100, False) == "no regret"


def test_large_noise_is_not_called_exploration() -> None:
    """σ = 1000: ε = 0 and ucb:c=1 do not explore, whatever the noise makes of their regret; the width is named."""
    testbed = "gaussian:means=0/1000/2000,deviations=1000"
    policies = ["epsilon-greedy:epsilon=0", "ucb:c=1", "ucb:c=1,scale=1000"]
    results = figures(simulate(testbed, policies, runs=200, horizon=1000, seed=1))
    greedy, narrow, fitting = results["policies"]
    text = flat(results)
    assert "stops exploring" not in text
    assert "Recommended: thompson:scale=1000, ucb:c=1,scale=1000, kl-ucb, imed;" in text
    assert "scale=1000 fits" in " ".join(narrow["misfits"])
    assert fitting["misfits"] == []
    assert "settled on an inferior arm" in outcome(greedy, 1000, False)
    for policy in (greedy, narrow):
        assert policy["late_switches"] < 0.02
    assert fitting["regret"]["mean"] < greedy["regret"]["mean"] / 3


def test_one_run_has_no_intervals() -> None:
    results = figures(simulate("two-arms", ["ucb1", "thompson"], runs=1, horizon=100, seed=1))
    text = flat(results)
    assert "nan" not in text.lower()
    assert "one run cannot show whether policies differ" in text
    assert [place for place, _ in ranked(results)] == ["1", "1="]


def test_few_runs_have_students_and_wilsons_intervals() -> None:
    simulation = simulate("two-arms", ["ucb1", "thompson"], runs=3, horizon=100, seed=1)
    shown = figures(simulation)
    low, high = shown["policies"][0]["regret"]["ci"]
    regrets = simulation.policies[0].regrets
    assert (high - low) / 2 == pytest.approx(4.302653 * regrets.std(ddof=1) / np.sqrt(3))
    assert shown["policies"][0]["best_arm_error"]["mean"] == 0.0
    assert "0.0% [0.0, 56.1]" in flat(shown)  # z²/(n + z²), n = 3


def test_equal_differences_in_few_runs_are_not_significant() -> None:
    assert not significant({"runs": 5, "behind": {"ci": [1.0, 1.0]}})
    assert significant({"runs": 6, "behind": {"ci": [1.0, 1.0]}})


def test_nothing_is_recommended_where_all_arms_are_equally_good() -> None:
    text = flat(figures(simulate("bernoulli:means=0.5/0.5", ["ucb1", "thompson"], runs=5, horizon=60, seed=1)))
    assert "all arms are equally good: no policy has any regret." in text
    assert "Recommended:" not in text
    assert "vacuous" not in text
    assert "wrong" not in text


def test_places_and_the_policy_for_best_arm_identification() -> None:
    made = [
        policy({100: 30.0}, 0.02, spec="slow", behind={"ci": [5, 9]}),
        policy({100: 20.0}, 0.03, spec="best", behind={"ci": [0, 0]}),
        policy({100: 21.0}, 0.20, spec="near", behind={"ci": [-1, 3]}),
    ]
    results = {"policies": made}
    assert [(place, row["spec"]) for place, row in ranked(results)] == [("1", "best"), ("1=", "near"), ("3", "slow")]
    assert best_identifier(results)["spec"] == "best"  # 3 % and 2 % do not differ significantly, and it has less regret
    assert identification(results) == (
        "For best-arm identification at the horizon: best, wrong in 3.0% of the runs; "
        "no significant difference from slow (2.0%), which had more regret."
    )


class Mine(Policy):
    """The first arm for ever."""

    rule = "the first arm, whatever it pays"
    recommended_for = (Placement(Kind.BOUNDED, 0),)
    assumptions = (lambda policy, bed, horizon: "hopes for the best",)

    @staticmethod
    def select(state, t, rng):  # type: ignore[no-untyped-def]
        return 0

    @staticmethod
    def update(state, arm, reward, rng):  # type: ignore[no-untyped-def]
        return

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        return rows(bed.arms, 0.0)

    def bounds(self, problem: Problem) -> list[Bound]:
        return [Bound("mine", 123.0, "123", "Somebody 2026")]


@pytest.fixture
def mine() -> Iterator[None]:
    """A third party's policy, registered for one test."""
    POLICIES.add("mine", Mine)
    yield
    POLICIES._added.pop("mine")


@pytest.mark.usefixtures("mine")
def test_a_third_partys_policy_is_reported_like_a_built_in_one() -> None:
    """Its rule, its bound, its assumption that does not hold; and it is listed."""
    text = flat(figures(simulate("two-arms", ["mine", "ucb1"], runs=5, horizon=60, seed=1)))
    assert "The first arm, whatever it pays." in text
    assert "hopes for the best." in text
    assert "≤ 123" in text
    assert "(Somebody 2026)" in text
    assert "Recommended: thompson" in text  # not against its own assumption
    (row,) = [policy for policy in policies() if policy["name"] == "mine"]
    assert row["rule"] == "the first arm, whatever it pays"
    assert row["bound"] == "finite-time: 123"


def test_the_list_has_every_testbed_and_policy(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["bandits", "--list", "--json", "-"]) == 0
    shown = capsys.readouterr()
    results = json.loads(shown.out)
    assert [bed["name"] for bed in results["testbeds"]] == TESTBEDS.names()
    assert [policy["name"] for policy in results["policies"]] == POLICIES.names()
    for name in [*TESTBEDS.names(), *POLICIES.names()]:
        assert name in shown.err


def test_an_unknown_testbed_is_named_before_policies_are_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["bandits", "--testbed", "problem-c"]) == 2
    assert "'problem-b'" in capsys.readouterr().err


def test_long_names_are_broken_after_a_hyphen() -> None:
    assert broken("ucb:c=2") == "ucb:c=2"
    assert broken("sliding-window-thompson") == "sliding-window-\n  thompson"
    assert broken("epsilon-greedy:epsilon=0.1,alpha=0.1") == "epsilon-greedy:\n  epsilon=0.1\n  alpha=0.1"
    assert broken("successive-elimination:delta=0.1") == "successive-\n  elimination:\n  delta=0.1"


@pytest.mark.parametrize(("pulls", "shown"), [(55.28e6, "55.3 M"), (0.62e6, "0.6 M"), (1234.0, "1.2 k")])
def test_speeds_are_in_millions_or_thousands(pulls: float, shown: str) -> None:
    assert speed({"pulls_per_second": pulls}) == shown
