"""The policies that are compared and recommended on a testbed, a third party's among them."""

from collections.abc import Iterator
from typing import Any

import pytest

from bandits.policy import POLICIES, Floats, Policy, rows
from bandits.problem_kinds import GOALS, KINDS, Kind, Placement
from bandits.recommend import default_policies, describe, recommended, recommended_on, rule_of, untested
from bandits.simulator.simulation import checked
from bandits.testbed import TESTBEDS, Testbed, spelled
from explore.core.spec import parse
from explore.errors import BadInput

LARGE = "gaussian:means=0/1000/2000,deviations=1000"


def bed(spec: str) -> Testbed:
    plugin, settings = TESTBEDS.resolve(spelled(spec))
    return plugin(**dict(settings))


def misfits(spec: str, testbed: str, horizon: int = 1000) -> list[str]:
    plugin, settings = POLICIES.resolve(spec)
    said: list[str] = plugin(**dict(settings)).misfits(bed(testbed), horizon)
    return said


@pytest.mark.parametrize("name", TESTBEDS.names())
def test_every_testbed_has_default_policies_that_accept_it(name: str) -> None:
    policies = default_policies(name, 1000)
    assert 2 <= len(policies) <= 8
    for _, policy in checked(name, policies, runs=1, horizon=1000)[1]:
        assert policy is not None
        policy.initial(bed(name), 1000)
    assert any(parse(spec).name == "epsilon-greedy" for spec in policies)


def test_default_policies_follow_the_kind_of_problem() -> None:
    assert default_policies("sutton-barto", 1000) == [
        "epsilon-greedy:epsilon=0",
        "epsilon-greedy:epsilon=0.01",
        "epsilon-greedy:epsilon=0.1",
        "optimistic:initial=5,alpha=0.1",
        "gradient:alpha=0.1,baseline=true",
        "ucb:c=2",
        "ucb:c=1",
        "thompson",
    ]
    assert {"discounted-ucb", "glr-ucb", "sliding-window-thompson"} <= set(default_policies("abrupt", 1000))
    assert "discounted-thompson" in default_policies("drift", 1000)
    assert "glr-ucb" not in default_policies("drift", 1000)  # it needs rewards in [0, 1]
    assert {"kl-ucb", "thompson", "ucb1"} <= set(default_policies("problem-b", 1000))
    assert "ucb1" not in default_policies("student", 1000)
    with pytest.raises(BadInput, match="problem-b"):
        default_policies("problem", 1000)


def test_recommendations_are_ranked() -> None:
    assert recommended(Kind.RARE_REWARDS) == ["thompson", "imed", "kl-ucb", "bayes-ucb"]
    assert recommended(Kind.HEAVY_TAILED) == ["ucb:c=1", "besa", "epsilon-greedy:epsilon=0.1"]
    for kind in (*KINDS, *GOALS):
        assert len(recommended(kind.name)) >= 2
        for spec in recommended(kind.name):
            assert POLICIES.resolve(spec)


def test_what_was_played_is_not_proposed_again() -> None:
    assert untested(bed("problem-b"), 10_000, ["kl-ucb:c=3", "thompson"]) == ["imed", "bayes-ucb"]


@pytest.mark.parametrize("testbed", [*TESTBEDS.names(), LARGE, "sutton-barto:mean=4", "two-arms:delay=20"])
def test_no_policy_is_recommended_against_its_own_assumptions(testbed: str) -> None:
    for spec in recommended_on(bed(testbed), 1000):
        assert misfits(spec, testbed) == []


def test_rewards_of_another_scale_have_that_scale_recommended() -> None:
    """σ = 1000: the widths of ucb:c=1 and the prior of thompson as they are would be a thousandth of what is needed."""
    assert recommended_on(bed(LARGE), 1000) == ["thompson:scale=1000", "ucb:c=1,scale=1000", "kl-ucb", "imed"]
    assert recommended_on(bed("sutton-barto"), 1000) == ["thompson", "ucb:c=1", "kl-ucb", "imed"]


class Mine(Policy):
    """The first arm for ever.

    More of it.
    """

    recommended_for = (Placement(Kind.RARE_REWARDS), Placement(Kind.BEST_ARM, 0))
    compared_on = (Placement(Kind.OTHER_BOUNDED, 0),)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        return rows(bed.arms, 0.0)


@pytest.fixture
def mine() -> Iterator[Any]:
    """A third party's policy, registered for one test."""
    POLICIES.add("mine", Mine)
    yield Mine
    POLICIES._added.pop("mine")


def test_a_third_partys_policy_is_recommended_where_it_says(mine: Any) -> None:
    """Behind the built-in ones where it states no rank."""
    assert recommended(Kind.RARE_REWARDS)[-1] == "mine"
    assert recommended(Kind.BEST_ARM)[0] == "mine"
    assert "mine" not in recommended(Kind.GAUSSIAN)
    assert default_policies("problem-b", 10_000)[0] == "mine"
    assert recommended_on(bed("problem-b"), 10_000)[-1] == "mine"
    assert rule_of(mine) == "The first arm for ever"


@pytest.mark.parametrize("name", TESTBEDS.names())
def test_every_built_in_testbed_says_what_it_is_and_its_source(name: str) -> None:
    plugin = TESTBEDS.get(name)
    if plugin.__module__.startswith("bandits."):
        assert plugin.about
        assert plugin.source


def test_descriptions() -> None:
    assert describe(bed("problem-b")) == (
        "10 arms with Bernoulli rewards, the same in every run, the best 0.05 above the next"
    )
    assert describe(bed("sutton-barto:delay=3")) == (
        "10 arms with Gaussian rewards, means drawn anew for each run from N(0, 1), rewards delayed by 3 steps"
    )
    assert "changing" in describe(bed("drift"))
    assert describe(bed("two-tasks")) == "2 arms with Markov rewards, with states that pulls change"
    assert "equally good" in describe(bed("bernoulli:means=0.5/0.5"))
