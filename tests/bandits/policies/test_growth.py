"""How regret grows from T to 4T, on arms that are soon told apart: by a logarithm or a root, or at the rate it must.

A policy whose regret is of the order of ln T or √T loses at most twice as much in 4T steps, one of linear regret four
times as much. Policies that explore or forget for ever by design lose a known number per step; their growth is held to
that. A bound on regret at one horizon sees neither. The functions of a policy are compiled by themselves and called
from the interpreter, so that no kernel has to be compiled.
"""

import math
from typing import Any

import numpy as np
import pytest

from bandits.policy import POLICIES, Policy
from bandits.simulator.simulation import simulate
from bandits.testbeds.bernoulli import FixedBernoulli
from bandits.testbeds.contextual import Linear
from explore.errors import BadInput

RUNS, SHORT = 16, 100
LONG = 4 * SHORT
GROWTH = 2.7  # of a regret √T it is 2, of a linear one 4; the rest is noise, and policies that are late to begin
GAP = 0.8

SPECS = {
    "epsilon-decreasing": "epsilon-decreasing:d=0.8",  # as the gap; with d = 0.1 it is uniform for 1,000 steps
    "epsilon-first": "epsilon-first:pulls=50",
    "information-directed": "information-directed:samples=20",
}
# Regret per step on 0.1/0.9 from T to 4T, where it is linear by design, and by how much it may differ from that.
LINEAR = {
    "epsilon-greedy": (0.1 * GAP / 2, 0.15),  # ε of the steps are uniform
    "q-learning": (0.1 * GAP / 2, 0.15),
    "boltzmann": (GAP / (1 + math.exp(GAP / 0.2)), 0.5),  # τ = 0.2, and averages are not the means yet
    "discounted-ucb": (0.065, 0.25),  # equal indices at N = 8.1 of the 100 pulls that 1/(1 − γ) remembers
    "top-two-thompson": (GAP / 2, 0.05),  # half of the pulls are of the other arm
    "median-elimination": (GAP / 2, 0.02),  # its first phase is longer than 4T
}


class Near(FixedBernoulli):
    """Two arms that are soon told apart."""

    means = np.array([0.1, 0.9])


class Certain(FixedBernoulli):
    """Two arms without noise: every draw of a posterior soon agrees."""

    means = np.array([0.0, 1.0])


class OneByOne(Policy):
    """A policy whose functions are called one by one."""

    def __init__(self, policy: Policy) -> None:
        super().__init__()
        self.policy, self.draw_rows = policy, policy.draw_rows

    def initial(self, bed: Any, horizon: int) -> Any:
        return self.policy.initial(bed, horizon)

    def functions(self, bed: Any) -> Any:
        select, update = self.policy.functions(bed)
        return lambda *arguments: select(*arguments), lambda *arguments: update(*arguments)


def grown(bed: Any, name: str) -> tuple[Any, Any] | None:
    """Each run's regret up to T and up to 4T; None where the policy does not play this testbed."""
    plugin, settings = POLICIES.resolve(SPECS.get(name, name))
    try:
        players = [OneByOne(plugin(**dict(settings)))]
        short, long = (simulate(bed, players, runs=RUNS, horizon=horizon, seed=2) for horizon in (SHORT, LONG))
    except BadInput:
        return None
    return short.policies[0].regrets, long.policies[0].regrets


def built_in() -> list[str]:
    return [name for name in POLICIES.names() if POLICIES.get(name).__module__.startswith("bandits.")]


@pytest.mark.parametrize(
    "bed", [Near(), Certain(), Linear(arms=2, dimension=2, noise=0.1)], ids=lambda b: type(b).__name__
)
@pytest.mark.parametrize("name", built_in())
def test_regret_grows_as_it_must(name: str, bed: Any) -> None:
    regrets = None if bed.context_rows and not name.startswith("lin-") else grown(bed, name)
    if regrets is None:
        pytest.skip("made for other rewards, or blind to contexts")
    short, long = regrets
    noise = 4 * math.hypot(long.std() / math.sqrt(RUNS), GROWTH * short.std() / math.sqrt(RUNS))
    if name not in LINEAR:
        assert long.mean() <= GROWTH * short.mean() + noise + 1e-9
    elif isinstance(bed, Near):
        rate, share = LINEAR[name]
        more = (long.mean() - short.mean()) / (LONG - SHORT)
        assert abs(more - rate) <= share * rate + noise / (LONG - SHORT)
