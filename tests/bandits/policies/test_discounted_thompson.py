"""Discounted Thompson sampling pays where arms change; its sums and draws are in `base/test_forgetting.py`."""

from bandits.simulator.simulation import simulate


def test_forgetting_pays_where_arms_change() -> None:
    policies = ["discounted-thompson", "thompson"]
    forgets, keeps = simulate("abrupt:changes=1000/2000/3000", policies, runs=60, horizon=4000, seed=1).policies
    assert forgets.regret + 3 * forgets.regret_se < keeps.regret - 3 * keeps.regret_se
