"""Assumptions that a testbed does not grant are named, and only those."""

from typing import Any

import pytest
from bandits.fit import misfits

from bandits.policy import POLICIES
from bandits.testbed import TESTBEDS
from explore.core.spec import parse


def said(policy: str, testbed: str, horizon: int = 1000) -> Any:
    plugin, settings = TESTBEDS.resolve(testbed)
    chosen = POLICIES.resolve(policy)[1].model_dump()
    return "; ".join(misfits(parse(policy).name, chosen, plugin(**dict(settings)), horizon))


@pytest.mark.parametrize(
    ("policy", "testbed", "part"),
    [
        ("ucb1", "sutton-barto", "made for rewards in [0, 1]"),
        ("ucb1", "problem-b", "at most 0.09"),
        ("ucb:c=2", "two-arms", "wide for a variance of at most 0.25"),
        ("thompson", "abrupt", "takes arms for constant"),
        ("epsilon-greedy:epsilon=0.1", "drift", "takes arms for constant"),
        ("optimistic", "drift", "misses later changes"),
        ("discounted-ucb", "two-arms", "nothing changes"),
        ("glr-ucb", "two-arms", "nothing changes"),
        ("tsallis-inf", "two-arms", "safety"),
        ("tsallis-inf", "abrupt", "not against the best arm of each step"),
        ("thompson", "exponential", "takes rewards for Gaussian"),
        ("thompson:model=gaussian", "two-arms", "takes rewards for Gaussian"),
        ("kl-ucb", "student", "takes rewards for Gaussian"),
        ("thompson", "sutton-barto:mean=4", "does not expect means near 4"),
        ("thompson", "gaussian:means=0/-9", "does not expect means near -9"),
        ("epsilon-greedy:epsilon=0", "sutton-barto", "never explores"),
        ("gradient:baseline=false", "two-arms", "no baseline"),
        ("optimistic:initial=0.5", "two-arms", "no optimism"),
        ("optimistic", "two-arms", "long to come down"),
        ("epsilon-decreasing", "sutton-barto", "5,000 steps"),
        ("epsilon-decreasing:d=0.2", "two-arms:delay=0", "above the smallest gap, 0.1"),
        ("epsilon-first:pulls=1000", "two-arms", "at random for the whole"),
        ("explore-then-commit:pulls=100", "sutton-barto", "never does here"),
        ("median-elimination", "sutton-barto", "first phase"),
        ("sliding-window-ucb:window=1000", "drift", "forgets nothing"),
        ("kl-ucb", "two-arms:delay=20", "20 steps later"),
        ("top-two-thompson", "two-arms", "find the best arm"),
    ],
)
def test_what_does_not_hold_is_said(policy: str, testbed: str, part: str) -> None:
    assert part in said(policy, testbed)


@pytest.mark.parametrize(
    ("policy", "testbed"),
    [
        ("ucb1", "beta"),
        ("ucb:c=2", "sutton-barto"),
        ("thompson", "sutton-barto"),
        ("thompson", "poisson"),
        ("thompson", "two-arms:delay=20"),
        ("kl-ucb", "exponential"),
        ("discounted-thompson", "drift"),
        ("epsilon-greedy:epsilon=0.1,alpha=0.1", "abrupt"),
        ("optimistic", "sutton-barto"),
        ("epsilon-decreasing:c=0.1", "two-arms"),
    ],
)
def test_nothing_is_said_where_all_holds(policy: str, testbed: str) -> None:
    assert said(policy, testbed) == ""


def test_every_policy_can_be_asked_about_every_testbed() -> None:
    for policy in POLICIES.names():
        for testbed in TESTBEDS.names():
            assert isinstance(said(policy, testbed), str)
