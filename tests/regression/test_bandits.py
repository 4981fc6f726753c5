"""Every policy's regret, and returns on Markov arms, as recorded: the same seeds, so only new code moves them.

To record anew after a change that is meant: `tox -e regression -- --force-regen`, and say why in the commit.
"""

import pytest

from bandits.policy import POLICIES
from bandits.simulator import simulation
from bandits.simulator.simulation import simulate
from bandits.testbed import TESTBEDS
from explore.errors import BadInput


@pytest.mark.parametrize("testbed", ["problem-b", "sutton-barto", "abrupt"])
def test_regret_of_every_policy(testbed, num_regression):
    bed = simulation._made_plugin(TESTBEDS, testbed)
    figures = {}
    for name in POLICIES.names():
        if not POLICIES.get(name).__module__.startswith("bandits."):
            continue
        try:
            simulation._made_plugin(POLICIES, name).initial(bed, 500)
        except BadInput:  # rewards that the policy is not made for
            continue
        result = simulate(bed, [name], runs=64, horizon=500, seed=1).policies[0]
        figures[name] = [result.regret, result.reward, result.optimal]
    # Machines differ in the last bit of a logarithm, which may turn a choice of one run in many.
    num_regression.check(figures, default_tolerance={"rtol": 0.02, "atol": 0.02})


@pytest.mark.parametrize("testbed", ["two-tasks", "markov"])
def test_return_on_markov_arms(testbed, num_regression):
    specs = ["gittins", "duff", "duff:epsilon=0.2", "epsilon-greedy"]
    result = simulate(testbed, specs, runs=64, horizon=500, seed=1)
    figures = {policy.spec: [policy.returns.mean(), policy.reward, policy.optimal] for policy in result.policies}
    figures["optimum"] = [result.optimum.mean(), result.optimum.min(), result.optimum.max()]
    num_regression.check(figures, default_tolerance={"rtol": 0.02, "atol": 0.02})
