"""Indices as the policy uses them against published values and exact ones; its return against dynamic programming."""

import itertools
from functools import cache
from typing import Any

import numpy as np
import pytest

from bandits.policies import gittins
from bandits.policies.gittins import INDEX, Gittins
from bandits.simulator.simulation import simulate
from bandits.testbeds import markov
from bandits.testbeds.bernoulli import Bernoulli, TwoArms
from bandits.testbeds.families import Gaussian
from bandits.testbeds.gaussian import SuttonBarto
from bandits.testbeds.markov import STATE, Markov, TwoTasks
from bandits.theory.gittins.gaussian import gaussian_bonuses
from bandits.theory.gittins.indices import bernoulli_index, chain_indices
from bandits.theory.gittins.joint_chain import JointChain
from explore.errors import BadInput

RNG = np.array([7], np.uint64)


def index_after(policy: Gittins, bed: Any, rewards: list[float], horizon: int = 1000) -> float:
    """The index of arm 1 after these rewards."""
    state = policy.initial(bed, horizon)
    update = policy.functions(bed)[1].py_func
    for reward in rewards:
        update(state, 1, reward, RNG)
    return float(state[INDEX, 1])


def test_bernoulli_indices_are_the_published_ones() -> None:
    """γ = 0.9, uniform prior; (a, b) is a − 1 successes and b − 1 failures."""
    published = {(1, 1): 0.70289, (2, 1): 0.80006, (1, 2): 0.50013, (2, 2): 0.63463, (3, 1): 0.8452}
    for (a, b), index in published.items():
        result = index_after(Gittins(discount=0.9), TwoArms(), [1.0] * (a - 1) + [0.0] * (b - 1))
        assert result == pytest.approx(index, abs=2e-5)


def test_bernoulli_indices_of_old_arms_and_short_horizons() -> None:
    """Beyond the table the Gaussian limit; whatever arms and horizon make of how the table is packed."""
    for arms, horizon in ((2, 400), (3, 40), (7, 5000)):
        bed = Bernoulli(means="/".join(["0.5"] * arms))
        for won, lost in ((0, 0), (3, 2), (30, 10), (150, 50), (150, 51), (300, 40)):
            if won + lost <= horizon:
                result = index_after(Gittins(discount=0.9), bed, [1.0] * won + [0.0] * lost, horizon)
                assert result == pytest.approx(bernoulli_index(won + 1, lost + 1, 0.9), abs=4e-4)


def test_gaussian_indices_are_mean_and_bonus() -> None:
    """v(1) … v(3) at γ = 0.95 of Gittins, Glazebrook & Weber 2011; an arm never pulled goes first."""
    bed = Gaussian(means="0/0/0", deviations="2")
    policy = Gittins(discount=0.95)
    assert policy.initial(bed, 100)[INDEX].tolist() == [np.inf] * 3
    for rewards, bonus in (([1.5], 0.9956), ([1.5, 0.5], 0.6343), ([1.5, 0.5, 4.0], 0.4781)):
        assert index_after(policy, bed, rewards) == pytest.approx(np.mean(rewards) + 2 * bonus, abs=3e-4)
    exact = gaussian_bonuses(0.95, 30)
    assert index_after(policy, bed, [1.0] * 30, horizon=30) == pytest.approx(1 + 2 * exact[29])


def test_a_gaussian_prior_counts_as_rewards_of_zero() -> None:
    bed, policy = SuttonBarto(arms=2), Gittins(discount=0.95, prior=2)
    exact = gaussian_bonuses(0.95, 3)
    np.testing.assert_allclose(policy.initial(bed, 100)[INDEX], exact[1])
    assert index_after(policy, bed, [3.0]) == pytest.approx(1.0 + exact[2])


def test_the_prior_of_the_testbed_earns_most() -> None:
    """N(0, 1) is that of the ten-armed testbed: no other setting earns more of its discounted return."""
    specs = ["gittins:prior=1", "gittins", "gittins:prior=5", "gittins:prior=1,discount=0.5"]
    right, *others = simulate("sutton-barto:arms=4,discount=0.9", specs, runs=20_000, horizon=150, seed=1).policies
    for other in others:
        lost = right.returns - other.returns
        assert lost.mean() > 4 * lost.std() / np.sqrt(len(lost))


@cache
def best_bernoulli(won: int, lost: int, won_too: int, lost_too: int, left: int, discount: float) -> float:
    """The largest expected return of `left` pulls of two arms under uniform priors, by dynamic programming."""
    if left == 0:
        return 0.0
    values = []
    for first in (True, False):
        s, f = (won, lost) if first else (won_too, lost_too)
        p = (s + 1) / (s + f + 2)
        here = [(s + 1, f), (s, f + 1)]
        after = [(*one, won_too, lost_too) if first else (won, lost, *one) for one in here]
        good, bad = (best_bernoulli(*counts, left - 1, discount) for counts in after)
        values.append(p * (1 + discount * good) + (1 - p) * discount * bad)
    return max(values)


def test_bernoulli_arms_from_the_prior_earn_the_best_return() -> None:
    """Means uniform in each run, two arms: the best policy's return over 24 pulls, γ^24 = 2·10⁻⁴."""
    best = best_bernoulli(0, 0, 0, 0, 24, 0.7)
    specs = ["gittins", "epsilon-greedy"]
    result, other = simulate("abrupt:arms=2,rate=0,discount=0.7", specs, runs=100_000, horizon=24, seed=1).policies
    error = result.returns.std() / np.sqrt(len(result.returns))
    assert abs(result.returns.mean() - best) < 3 * error + 2e-4
    assert other.returns.mean() < best - 3 * error  # the test would notice a lesser policy


@pytest.mark.parametrize("bed", [TwoTasks(), Markov(arms=2, states=4, seed=2), Markov(arms=3, states=3, branching=1)])
def test_the_compiled_choice_on_markov_arms_is_the_largest_exact_index(bed: Any) -> None:
    """In every joint state; and that arm is the first pull of an optimal policy, by policy iteration."""
    arms = np.empty((bed.arms, bed.columns))
    markov.sample_arms(arms, np.ascontiguousarray(bed.parameters), np.array([5], np.uint64))
    n = bed.states
    upto = arms[:, markov.ENTERING + 3 * n :].reshape(-1, n, n)
    entering, steps = arms[:, markov.ENTERING : markov.ENTERING + n], np.diff(upto, axis=2, prepend=0.0)
    exact = [chain_indices(p, p @ r, bed.discount) for p, r in zip(steps, entering, strict=True)]
    joint = JointChain([markov.MarkovArm(p, r) for p, r in zip(steps, entering, strict=True)], bed.discount)
    action_values = joint.rewards + bed.discount * joint.transitions @ joint.best_value()
    state = np.vstack([Gittins().initial(bed, 100), np.zeros((bed.context_rows, bed.arms))])
    for t, states in enumerate(itertools.product(range(n), repeat=bed.arms), start=1):
        arms[:, STATE] = states
        markov.write_context(arms, state[len(state) - bed.context_rows :])
        chosen = gittins.select_markov(state, t, RNG)
        indices = [exact[arm][states[arm]] for arm in range(bed.arms)]
        np.testing.assert_allclose(state[1 + markov.INDEX], indices, atol=1e-12)
        assert indices[chosen] == pytest.approx(max(indices), abs=1e-12)
        here = (joint.states == states).all(1)
        assert action_values[chosen, here] == pytest.approx(action_values[:, here].max(0), abs=1e-9)


@pytest.mark.parametrize(
    "testbed", ["two-tasks", "markov:arms=2,states=3,seed=4", "markov:arms=6,states=5,branching=2"]
)
def test_markov_arms_earn_the_best_return(testbed: str) -> None:
    """Chains fixed or drawn, against the exact value of each run's arms and starting states; ε-greedy stays behind."""
    result = simulate(testbed, ["gittins", "epsilon-greedy"], runs=4000, horizon=150, seed=2)
    for policy, attains in zip(result.policies, (True, False), strict=True):
        short = result.optimum - policy.returns
        error = short.std() / np.sqrt(len(short))
        assert (abs(short.mean()) < 3 * error) == attains


def test_the_discount_is_the_testbeds_unless_it_is_given() -> None:
    assert Gittins().discount(TwoTasks()) == 0.7
    assert Gittins(discount=0.7).discount(TwoTasks()) == 0.7
    assert Gittins().discount(TwoArms()) == 0.9
    assert Gittins().discount(TwoArms(discount=0.5)) == 0.5


@pytest.mark.parametrize(
    ("testbed", "policy", "sentence"),
    [
        ("poisson", "gittins", "gittins has no indices for the poisson rewards of this testbed"),
        ("two-arms", "gittins:discount=0.999", "take at most 0.99"),
        ("sutton-barto", "gittins:discount=0.9999", "take at most 0.999"),
        ("two-arms", "gittins:discount=1", "setting 'discount'"),
        ("two-tasks", "gittins:discount=0.9", "those for the discount of the testbed, 0.7"),
        ("sutton-barto", "gittins:prior=-1", "setting 'prior'"),
    ],
)
def test_bad_input(testbed: str, policy: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        simulate(testbed, [policy], runs=1, horizon=20)
