"""Q-learning without states is ε-greedy with a constant step."""

from bandits.simulator.simulation import simulate


def test_it_is_epsilon_greedy_with_a_constant_step() -> None:
    same = "q-learning", "epsilon-greedy:alpha=0.1"
    one, other = simulate("two-arms", same, runs=20, horizon=200, seed=1).policies
    assert one.regrets.tolist() == other.regrets.tolist()
