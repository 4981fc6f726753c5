"""Policies do not depend on the unit of the rewards: in an eighth of it, their regret is eight times as large.

By the testbed's known variance, or by the setting `scale`; exactly, since a factor of 8 rounds nothing.
"""

import pytest

from bandits.policies.base.scale import width_fits
from bandits.policies.ucb import UCB
from bandits.policy import POLICIES
from bandits.simulator.simulation import simulate
from bandits.testbeds.bernoulli import TwoArms
from bandits.testbeds.families import Gaussian

ONE, EIGHT = "gaussian:means=0/0.5/1", "gaussian:means=0/4/8,deviations=8"
SCALED = [name for name in POLICIES.names() if "scale" in POLICIES.get(name).Settings.model_fields]


@pytest.mark.parametrize("name", [*SCALED, "epsilon-greedy", "moss", "kl-ucb", "besa"])
def test_the_unit_of_the_rewards_does_not_matter(name: str) -> None:
    if name == "lin-ts":
        pytest.skip("its scale is a multiple of the noise that the testbed states")
    spec = f"{name}:scale=8" if name in SCALED else name
    one = simulate(ONE, [name], runs=20, horizon=150, seed=1).policies[0]
    eight = simulate(EIGHT, [spec], runs=20, horizon=150, seed=1).policies[0]
    assert eight.regrets.tolist() == (8 * one.regrets).tolist()
    assert one.regret > 0


@pytest.mark.parametrize("name", ["ucb", "thompson", "gradient", "optimistic", "boltzmann-gumbel"])
def test_without_its_scale_a_policy_plays_otherwise(name: str) -> None:
    one = simulate(ONE, [name], runs=20, horizon=150, seed=1).policies[0]
    eight = simulate(EIGHT, [name], runs=20, horizon=150, seed=1).policies[0]
    assert eight.regrets.tolist() != (8 * one.regrets).tolist()


def test_widths_that_do_not_fit_are_named() -> None:
    wide = Gaussian(means="0/1", deviations="0.5")
    assert "is large" in width_fits(UCB(c=2), TwoArms(), 100)
    assert "is large" in width_fits(UCB(c=1, scale=2.0), wide, 100)
    assert "is small" in width_fits(UCB(c=0.1), wide, 100)
    assert width_fits(UCB(c=1), wide, 100) == width_fits(UCB(c=2), Gaussian(means="0/1"), 100) == ""
