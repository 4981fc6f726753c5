"""Plugins that play bandits: the rule by hand, the same rewards as compiled policies, and learners that stay apart."""

import numpy as np
import pytest

import explore
from bandits.simulator import simulation
from bandits.simulator.adapter import players, plugin
from bandits.simulator.simulation import simulate
from bandits.testbed import TESTBEDS
from explore.bonuses.count import Count
from explore.errors import BadInput
from explore.numerics.hashing import GAMMA

BED = simulation._made_plugin(TESTBEDS, "sutton-barto:arms=4")


def chosen(spec, runs, horizon, seed=3):
    """The arms that the plugin pulls, `(runs, horizon)`, and the rewards."""
    choose, learn = plugin.make_player(spec, BED, runs, horizon, seed)
    random = np.random.default_rng(1)
    pays = random.normal(size=(horizon, 4))
    values, pulls, arms = np.zeros((runs, 4)), np.zeros((runs, 4)), []
    for t in range(1, horizon + 1):
        arm = choose(values, t)
        reward = pays[t - 1, arm]
        learn(arm, reward)
        for run in range(runs):
            pulls[run, arm[run]] += 1
            values[run, arm[run]] += (reward[run] - values[run, arm[run]]) / pulls[run, arm[run]]
        arms.append(arm)
    return np.array(arms).T, pays


def test_count_follows_its_rule():
    """argmax Q + β/√(n + 0.01), by hand."""
    arms, pays = chosen("count:beta=2", 3, 60)
    for run in arms:
        values, pulls = np.zeros(4), np.zeros(4)
        for t, arm in enumerate(run):
            index = values + 2 / np.sqrt(pulls + 0.01)
            assert index[arm] == pytest.approx(index.max(), abs=1e-6)
            pulls[arm] += 1
            values[arm] += (pays[t, arm] - values[arm]) / pulls[arm]


def test_beta_is_one_unless_the_spec_says_otherwise():
    assert (chosen("count", 2, 30)[0] == chosen("count:beta=1", 2, 30)[0]).all()
    assert not (chosen("count", 2, 30)[0] == chosen("count:beta=0.02", 2, 30)[0]).all()


@pytest.mark.parametrize("spec", ["count", "rnd", "epsilon-greedy:end=0.3,decay=1"])
def test_a_run_is_the_same_in_any_company(spec):
    np.testing.assert_array_equal(chosen(spec, 2, 25)[0], chosen(spec, 5, 25)[0][:2])


@pytest.mark.parametrize("testbed", ["sutton-barto", "abrupt:changes=20/50", "rotting"])
def test_plugins_and_policies_play_the_same_arms_and_rewards(testbed, monkeypatch):
    """A plugin that pulls the arms of a compiled policy loses what it loses: greedy choice on the same averages."""

    def greedy(spec, bed, runs, horizon, seed):
        coins = players.tie_streams(seed, runs)

        def choose(values, t):
            arms = np.empty(runs, np.int64)
            for run in range(runs):  # the draws of compiled ε-greedy with ε = 0: a coin, then ties
                coins[run, 0] += GAMMA
            players._best_arm_per_run(values.copy(), coins, arms)
            return arms

        return choose, lambda arm, reward: None

    monkeypatch.setattr(plugin, "make_player", greedy)
    bed = simulation._made_plugin(TESTBEDS, testbed)
    with np.errstate(over="ignore"):
        ours = plugin.simulate_plugin(bed, "count", runs=20, horizon=80, seed=7)
    theirs = simulate(testbed, ["epsilon-greedy:epsilon=0"], runs=20, horizon=80, seed=7).policies[0]
    np.testing.assert_allclose(ours.regrets, theirs.regrets, rtol=1e-6)
    assert ours.reward == pytest.approx(theirs.reward)
    assert ours.optimal == pytest.approx(theirs.optimal)
    assert ours.simple_regret == pytest.approx(theirs.simple_regret)
    assert ours.best_arm_error == theirs.best_arm_error
    np.testing.assert_allclose(ours.reward_curve, theirs.reward_curve)
    np.testing.assert_allclose(ours.regret_curve, theirs.regret_curve, rtol=1e-6)


def test_count_finds_the_needle():
    plain, count = simulate("needle:arms=20", ["epsilon-greedy", "count"], runs=100, horizon=500, seed=1).policies
    assert count.regret + 3 * count.regret_se < plain.regret - 3 * plain.regret_se
    assert not count.compiled


def test_networks_play_fewer_runs():
    results = simulate("two-arms", ["icm", "count"], runs=60, horizon=20, seed=1).policies
    assert [len(policy.regrets) for policy in results] == [plugin.MAX_RUNS_WITH_NETWORKS, 60]


@pytest.mark.parametrize(
    ("spec", "testbed", "message"),
    [("rnd:beta=-1", "two-arms", "beta"), ("cuont", "two-arms", "unknown"), ("count", "two-arms:delay=3", "delay=0")],
)
def test_wrong_plugins_are_refused(spec, testbed, message):
    with pytest.raises(BadInput, match=message):
        simulate(testbed, [spec], runs=2, horizon=10)


def test_a_bonus_added_from_python_plays() -> None:
    """`simulate` looks names up in the registry that `explore.BONUSES.add` writes to."""

    class Mine(Count):
        pass

    explore.BONUSES.add("mine-plugin", Mine)
    try:
        played, count = simulate("two-arms", ["mine-plugin", "count"], runs=3, horizon=20).policies
    finally:
        del explore.BONUSES._added["mine-plugin"]
    np.testing.assert_array_equal(played.regrets, count.regrets)
