"""A history that does not fit into memory is refused."""

import pytest

from bandits.policies.base.history import need_memory
from bandits.simulator.simulation import simulate
from bandits.testbeds.bernoulli import TwoArms
from explore.errors import BadInput


def test_a_history_that_does_not_fit_is_refused() -> None:
    need_memory("mine", TwoArms(), 1000)
    with pytest.raises(BadInput, match=r"mine keeps every reward, and 2 arms × 100000000 steps .* shorter horizon"):
        need_memory("mine", TwoArms(), 100_000_000)
    for policy in ("besa", "glr-ucb"):
        with pytest.raises(BadInput, match=f"{policy} keeps every reward"):
            simulate("two-arms", [policy], runs=1, horizon=100_000_000)
