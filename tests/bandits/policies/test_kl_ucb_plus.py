"""KL-UCB+: it explores less than KL-UCB; the index is tested in `base/test_divergence.py`."""

from bandits.simulator.simulation import simulate


def test_it_explores_less_than_kl_ucb() -> None:
    plus, usual = simulate("problem-b", ["kl-ucb-plus", "kl-ucb"], runs=100, horizon=3000, seed=1).policies
    assert plus.regret + 3 * plus.regret_se < usual.regret - 3 * usual.regret_se
