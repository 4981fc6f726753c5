"""What holds for every built-in policy; `tests/bandits/simulator/test_robustness.py` plays them."""

import importlib
import pkgutil

import pytest

from bandits import policies
from bandits.policy import POLICIES, Policy

BUILT_IN = [name for name in POLICIES.names() if POLICIES.get(name).__module__.startswith("bandits.")]


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_policy_says_what_is_known_of_it(name: str) -> None:
    policy = POLICIES.get(name)
    for text in (policy.rule, policy.good_for, policy.needs, policy.source):
        assert text
        assert "\n" not in text
    assert policy.source[-4:].isdigit() or any(str(year) in policy.source for year in range(1933, 2027))


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_policy_is_the_file_of_its_name(name: str) -> None:
    """And its file states what is known itself: nothing is inherited from another policy."""
    policy = POLICIES.get(name)
    assert policy.__module__ == f"bandits.policies.{name.replace('-', '_')}"
    assert {"rule", "good_for", "needs", "source"} <= vars(policy).keys()


def test_every_file_is_a_policy_that_is_installed() -> None:
    files = {module.name for module in pkgutil.iter_modules(policies.__path__)} - {"base"}
    assert files == {name.replace("-", "_") for name in BUILT_IN}
    for file in files:
        own = vars(importlib.import_module(f"bandits.policies.{file}")).values()
        own = [c for c in own if isinstance(c, type) and issubclass(c, Policy) and c.__module__.endswith(f".{file}")]
        assert len(own) == 1
