"""Assumptions that a testbed does not satisfy are named, and only those."""

import pytest

from bandits.policy import POLICIES
from bandits.testbed import TESTBEDS


def complaints(policy: str, testbed: str, horizon: int = 1000) -> str:
    bed, bed_settings = TESTBEDS.resolve(testbed)
    plugin, settings = POLICIES.resolve(policy)
    return "; ".join(plugin(**dict(settings)).misfits(bed(**dict(bed_settings)), horizon))


@pytest.mark.parametrize(
    ("policy", "testbed", "part"),
    [
        ("ucb1", "sutton-barto", "made for rewards in [0, 1]"),
        ("ucb1", "problem-b", "at most 0.09"),
        ("ucb:c=2", "two-arms", "large for a reward deviation of 0.5"),
        ("thompson", "abrupt", "assumes constant means"),
        ("epsilon-greedy:epsilon=0.1", "drift", "assumes constant means"),
        ("optimistic", "drift", "misses later changes"),
        ("discounted-ucb", "two-arms", "the means here are constant"),
        ("glr-ucb", "two-arms", "the means here are constant"),
        ("tsallis-inf", "two-arms", "adversarial"),
        ("tsallis-inf", "abrupt", "not against the best arm of each step"),
        ("thompson", "exponential", "models rewards as Gaussian"),
        ("thompson:model=gaussian", "two-arms", "models rewards as Gaussian"),
        ("kl-ucb", "student", "models rewards as Gaussian"),
        ("thompson", "sutton-barto:mean=4", "means near 4 are improbable"),
        ("thompson", "gaussian:means=0/-9", "means near -9 are improbable"),
        ("epsilon-greedy:epsilon=0", "sutton-barto", "never explores"),
        ("gradient:baseline=false", "two-arms", "no baseline"),
        ("optimistic:initial=0.5", "two-arms", "not optimistic"),
        ("optimistic", "two-arms", "long to come down"),
        ("epsilon-decreasing", "sutton-barto", "5,000 steps"),
        ("epsilon-decreasing:d=0.2", "two-arms:delay=0", "above the smallest gap, 0.1"),
        ("epsilon-first:pulls=1000", "two-arms", "at random for the whole"),
        ("explore-then-commit:pulls=100", "sutton-barto", "never does here"),
        ("median-elimination", "sutton-barto", "first phase"),
        ("sliding-window-ucb:window=1000", "drift", "forgets nothing"),
        ("kl-ucb", "two-arms:delay=20", "20 steps later"),
        ("ucb:c=1", "gaussian:means=0/1000,deviations=1000", "small for a reward deviation of 1000"),
        ("ucb:c=1", "gaussian:means=0/1000,deviations=1000", "scale=1000 fits"),
        ("thompson", "gaussian:means=0/1000,deviations=1000", "means near 1e+03 are improbable"),
        ("gradient", "gaussian:means=0/1000,deviations=1000", "scale=1000 fits"),
        ("ucb1", "gaussian:means=0/1,deviations=1", "scale=2 fits"),
        ("ucb-v", "gaussian:means=0/9,deviations=9", "assumes rewards in a range of 1"),
        ("top-two-thompson", "two-arms", "best-arm identification"),
    ],
)
def test_what_does_not_hold_is_said(policy: str, testbed: str, part: str) -> None:
    assert part in complaints(policy, testbed)


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
        ("ucb:c=1,scale=1000", "gaussian:means=0/1000,deviations=1000"),
        ("thompson:scale=1000", "gaussian:means=0/1000,deviations=1000"),
        ("gradient:scale=1000", "gaussian:means=0/1000,deviations=1000"),
        ("kl-ucb", "gaussian:means=0/1000,deviations=1000"),
        ("ucb1:scale=2", "gaussian:means=0/1,deviations=1"),
    ],
)
def test_nothing_is_said_where_all_holds(policy: str, testbed: str) -> None:
    assert complaints(policy, testbed) == ""


def test_every_policy_can_be_asked_about_every_testbed() -> None:
    for policy in POLICIES.names():
        for testbed in TESTBEDS.names():
            assert isinstance(complaints(policy, testbed), str)
