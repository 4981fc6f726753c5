"""Which situation a testbed is, the policies played there by default, and that all advice can be followed."""

import pytest
from bandits.rules import RULES, rule_of

from bandits.policy import POLICIES
from bandits.recommend import ADVERSARY, BEST_ARM, WHERE, defaults_for, facts_of, playable, situation_of, worth_trying
from bandits.testbed import TESTBEDS, Testbed, spelled
from explore.core.spec import parse
from explore.errors import BadInput


def bed(spec: str) -> Testbed:
    plugin, settings = TESTBEDS.resolve(spelled(spec))
    return plugin(**dict(settings))


@pytest.mark.parametrize(
    ("spec", "horizon", "name"),
    [
        ("sutton-barto", 1000, "gaussian"),
        ("sutton-barto", 150, "many"),
        ("problem-b", 10_000, "rare"),
        ("two-arms", 1000, "bounded"),
        ("beta", 1000, "bounded"),
        ("two-arms:delay=5", 1000, "late"),
        ("abrupt", 1000, "changing, in [0, 1]"),
        ("drift", 1000, "changing"),
        ("needle:100", 1000, "many"),
        ("poisson", 1000, "counts and times"),
        ("student", 1000, "heavy tails"),
    ],
)
def test_situations(spec: str, horizon: int, name: str) -> None:
    assert situation_of(bed(spec), horizon).name == name


@pytest.mark.parametrize("name", TESTBEDS.names())
def test_every_testbed_has_defaults_that_it_accepts(name: str) -> None:
    chosen = defaults_for(name, 1000)
    assert 2 <= len(chosen) <= 8
    assert chosen == playable(chosen, bed(name), 1000)
    assert any(parse(spec).name == "epsilon-greedy" for spec in chosen)


def test_defaults_follow_the_kind_of_testbed() -> None:
    assert len(defaults_for("sutton-barto", 1000)) == 8
    assert {"discounted-ucb", "glr-ucb", "sliding-window-thompson"} <= set(defaults_for("abrupt", 1000))
    assert "discounted-thompson" in defaults_for("drift", 1000)
    assert "glr-ucb" not in defaults_for("drift", 1000)  # it needs rewards in [0, 1]
    assert {"kl-ucb", "thompson", "ucb1"} <= set(defaults_for("problem-b", 1000))
    assert "ucb1" not in defaults_for("student", 1000)
    with pytest.raises(BadInput, match="problem-b"):
        defaults_for("problem", 1000)


def test_what_was_played_is_not_proposed_again() -> None:
    assert worth_trying(bed("problem-b"), 10_000, ["kl-ucb:c=3", "thompson"]) == ["imed", "bayes-ucb"]


def test_every_policy_in_the_advice_is_installed() -> None:
    for kind in (*WHERE, BEST_ARM, ADVERSARY):
        for spec in kind.take:
            assert POLICIES.resolve(spec)


@pytest.mark.parametrize("name", POLICIES.names())
def test_every_policy_of_the_house_has_its_rule(name: str) -> None:
    if POLICIES.get(name).__module__.startswith("bandits."):
        assert rule_of(f"{name}:x=1") == RULES[name]


@pytest.mark.parametrize("name", TESTBEDS.names())
def test_every_testbed_of_the_house_says_what_it_is_and_whose(name: str) -> None:
    plugin = TESTBEDS.get(name)
    if plugin.__module__.startswith("bandits."):
        assert plugin.about
        assert plugin.source


def test_facts() -> None:
    assert facts_of(bed("problem-b"), 100) == (
        "10 arms with Bernoulli rewards, the same in every run, the best 0.05 above the next"
    )
    assert facts_of(bed("sutton-barto:delay=3"), 100) == (
        "10 arms with Gaussian rewards, means drawn anew for each run from N(0, 1), rewards 3 steps late"
    )
    assert "changing" in facts_of(bed("drift"), 100)
    assert facts_of(bed("two-tasks"), 100) == "2 arms with Markov rewards, moved by their pulls"
    assert "equally good" in facts_of(bed("bernoulli:means=0.5/0.5"), 100)
