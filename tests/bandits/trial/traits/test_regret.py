"""Regret in the trial: the references are the compiled policies, scale is what theory says, runs stay apart."""

import numpy as np
import pytest

from bandits.simulator.adapter import simulate_plugin
from bandits.simulator.simulation import simulate
from bandits.testbeds.bernoulli import TwoArms
from bandits.testbeds.gaussian import SuttonBarto
from bandits.trial.plugin_under_test import plugin_under_test
from bandits.trial.traits.regret import PULLS, needle, played, ratio, reference_regrets, two_arms

BED = SuttonBarto()


def test_the_references_lose_what_the_compiled_policies_lose():
    ours = reference_regrets(BED, 40)
    theirs = simulate(BED, ["epsilon-greedy", "ucb"], runs=40, horizon=PULLS, threads=1).policies
    np.testing.assert_allclose(ours["ε-greedy"], theirs[0].regrets, rtol=1e-6)
    np.testing.assert_allclose(ours["UCB"], theirs[1].regrets, rtol=1e-6)


def test_a_policy_on_trial_is_played_as_in_a_simulation():
    ours = played(plugin_under_test("ucb", "policy"), BED, 12)
    np.testing.assert_array_equal(ours, reference_regrets(BED, 12)["UCB"])


@pytest.mark.parametrize("spec", ["count", "count:scale=mean", "epsilon-greedy:start=0.1,end=0.1"])
def test_a_plugin_on_trial_is_played_as_in_a_simulation(spec):
    kind = None if spec.startswith("count") else "strategy"
    played_in_trial = played(plugin_under_test(spec, kind), BED, 12)
    np.testing.assert_array_equal(played_in_trial, simulate_plugin(BED, spec, runs=12, horizon=PULLS).regrets)


def test_a_bonus_at_ten_times_the_rewards_is_one_of_a_tenth():
    small = played(plugin_under_test("count:beta=0.1,first_visit=false"), BED, 4)
    np.testing.assert_allclose(played(plugin_under_test("count:beta=1,first_visit=false"), BED, 4, scale=10.0), small)
    assert not np.allclose(played(plugin_under_test("count:first_visit=false"), BED, 4), small)


def test_beta_is_one_where_the_spec_says_nothing():
    assert (
        played(plugin_under_test("count"), BED, 3).tolist()
        == played(plugin_under_test("count:beta=1"), BED, 3).tolist()
    )


def test_a_choice_by_rank_does_not_feel_scale():
    spec = plugin_under_test("epsilon-greedy:start=0.1,end=0.1")
    assert played(spec, BED, 4, scale=10.0).tolist() == played(spec, BED, 4).tolist()


@pytest.mark.parametrize("spec", ["count", "ucb", "rnd:hidden=8,features=4"])
def test_a_run_is_the_same_in_any_company(spec):
    assert (
        played(plugin_under_test(spec), TwoArms(), 4)[:2].tolist()
        == played(plugin_under_test(spec), TwoArms(), 2).tolist()
    )


def test_the_ratio_has_the_interval_of_the_delta_method():
    random = np.random.default_rng(0)
    usual = random.normal(10, 1, size=4000)
    ours = 2 * usual + random.normal(0, 0.5, size=4000)
    ratios = ratio(ours, usual)
    assert ratios.mean() == pytest.approx(ours.mean() / usual.mean())
    draws = random.integers(4000, size=(400, 4000))
    bootstrap = (ours[draws].mean(1) / usual[draws].mean(1)).std()
    assert ratios.std() / np.sqrt(4000) == pytest.approx(bootstrap, rel=0.15)
    assert ratio(np.zeros(2), np.zeros(2)).tolist() == [1.0, 1.0]


def test_the_haystack_and_the_share_of_best_pulls():
    (ratios,) = needle(plugin_under_test("greedy"), range(6))
    assert (ratios.values >= 0).all()
    assert ratios.values.max() <= 0.9 * PULLS + 1e-3
    (share,) = two_arms(plugin_under_test("epsilon-greedy:epsilon=1", "policy"), range(100))
    assert abs(share.values.mean() - 0.5) < 4 * 0.5 / np.sqrt(100 * PULLS)
    (kl,) = two_arms(plugin_under_test("kl-ucb", "policy"), range(30))
    assert kl.values.mean() > 0.7
