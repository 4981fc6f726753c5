"""What holds for every installed policy; `tests/bandits/test_robustness.py` plays them."""

import pytest
from bandits.advice import advice_for

from bandits.policy import POLICIES


@pytest.mark.parametrize("name", POLICIES.names())
def test_there_is_advice_on_every_policy_of_the_house(name):
    if POLICIES.get(name).__module__.startswith("bandits."):
        assert advice_for(name) is not None
