"""Markov arms: how they move and pay, what is shown, their optimum, and the discounted return."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bandits.policy import Policy, rows
from bandits.simulator import kernel, simulation
from bandits.simulator.randomness import key
from bandits.simulator.simulation import simulate
from bandits.testbeds import markov
from bandits.testbeds.markov import ENTERING, INDEX, NOW, STATE, Markov, MarkovBed, TwoTasks
from bandits.theory.gittins.indices import chain_indices
from bandits.theory.gittins.joint_chain import JointChain
from explore.errors import BadInput

FIXED = Markov(arms=3, states=4, branching=2, seed=5)


def begun(bed: MarkovBed, seed: int = 5) -> Any:
    arms = np.empty((bed.arms, bed.columns))
    markov.sample_arms(arms, np.ascontiguousarray(bed.parameters), np.array([seed], np.uint64))
    return arms


def words(count: int, seed: int = 8) -> list[np.uint64]:
    return [np.uint64(word) for word in np.random.default_rng(seed).integers(2**64, size=count, dtype=np.uint64)]


@pytest.mark.parametrize("bed", [TwoTasks(), FIXED], ids=["two-tasks", "markov"])
def test_arms_move_by_their_chains_and_pay_on_entering(bed: MarkovBed) -> None:
    """Transition counts against P by χ², every reward that of the state entered, the mean that of the next pull."""
    arms, chains = begun(bed), bed.chains
    assert chains is not None
    for arm, chain in enumerate(chains):
        counted = np.zeros_like(chain.transitions)
        for word in words(4000, 21):
            i = int(arms[arm, STATE])
            assert arms[arm, 0] == pytest.approx(chain.rewards[i])
            reward = markov.sample_reward(arms, arm, word)
            j = int(arms[arm, STATE])
            assert reward == chain.entering[j]
            counted[i, j] += 1
        for i, row in enumerate(counted):
            possible = chain.transitions[i] > 1e-12
            assert row[~possible].sum() == 0
            if row.sum() > 50 and possible.sum() > 1:
                expected = chain.transitions[i, possible] / chain.transitions[i, possible].sum() * row.sum()
                assert stats.chisquare(row[possible], expected).pvalue > 1e-3


def test_an_arm_that_is_not_pulled_does_not_move() -> None:
    arms = begun(FIXED)
    before = arms.copy()
    for word in words(50):
        markov.sample_reward(arms, 1, word)
    np.testing.assert_array_equal(arms[[0, 2]], before[[0, 2]])
    np.testing.assert_array_equal(arms[1, ENTERING:], before[1, ENTERING:])  # it moves; its chain stays


def test_two_tasks_are_those_of_duff() -> None:
    first, second = TwoTasks().chains
    np.testing.assert_array_equal(first.transitions, [[0.3, 0.7], [0.7, 0.3]])
    np.testing.assert_array_equal(second.transitions, [[0.9, 0.1], [0.1, 0.9]])
    assert first.entering.tolist() == second.entering.tolist() == [1.0, 10.0]
    assert TwoTasks().discount == 0.7


def drawn(bed: Markov, seed: int) -> Any:
    """Rewards `(arms, states)` and transitions `(arms, states, states)` of a run."""
    arms, n = begun(bed, seed), bed.states
    upto = arms[:, ENTERING + 3 * n :].reshape(-1, n, n)
    return arms[:, ENTERING : ENTERING + n], np.diff(upto, axis=2, prepend=0.0)


def test_random_chains_have_the_successors_and_chances_of_garnet() -> None:
    """Each subset equally often; with 2 successors the first chance is uniform, with all of 3 it is Beta(1, 2)."""
    rewards, transitions = drawn(Markov(arms=1000, states=4, branching=2), 3)
    np.testing.assert_allclose(transitions.sum(2), 1.0)
    chosen = transitions > 0
    assert (chosen.sum(2) == 2).all()
    subsets = np.bincount((chosen @ np.array([1, 2, 4, 8])).ravel(), minlength=16)
    assert stats.chisquare(subsets[[3, 5, 6, 9, 10, 12]]).pvalue > 1e-3
    first = transitions[np.arange(1000), 0, chosen[:, 0].argmax(1)]
    assert stats.kstest(first, stats.uniform.cdf).pvalue > 1e-3
    assert stats.kstest(rewards.ravel(), stats.uniform.cdf).pvalue > 1e-3
    _, full = drawn(Markov(arms=1000, states=3), 4)
    assert stats.kstest(full[:, 1, 2], stats.beta(1, 2).cdf).pvalue > 1e-3


def test_arms_begin_in_uniformly_drawn_states() -> None:
    states = begun(Markov(arms=1000, states=5), 9)[:, STATE].astype(int)
    assert stats.chisquare(np.bincount(states, minlength=5)).pvalue > 1e-3


def test_a_seed_fixes_the_chains_for_all_runs() -> None:
    one, other = (begun(FIXED, run)[:, ENTERING:] for run in (1, 2))
    np.testing.assert_array_equal(one, other)
    assert not np.array_equal(one, begun(Markov(arms=3, states=4, branching=2, seed=6), 1)[:, ENTERING:])
    free = [begun(Markov(arms=3, states=4), run)[:, ENTERING:] for run in (1, 2)]
    assert not np.any(free[0][:, :4] == free[1][:, :4])


class Watcher(Policy):
    """Pulls arm 0, 1, 0, 1, … and notes what is shown before each choice, and each reward when it comes."""

    def initial(self, bed: Any, horizon: int) -> Any:
        SEEN.clear()
        TOLD.clear()
        return rows(bed.arms, 0.0)

    @staticmethod
    def select(state: Any, t: int, rng: Any) -> int:
        SEEN.append(state[1:].copy())
        return (t - 1) % 2

    @staticmethod
    def update(state: Any, arm: int, reward: float, rng: Any) -> None:
        TOLD.append((len(SEEN), arm, reward))


SEEN: list[Any] = []
TOLD: list[tuple[int, int, float]] = []


@pytest.mark.parametrize("delay", [0, 3])
def test_a_policy_sees_the_states_before_it_chooses(delay: int) -> None:
    """Rewards name the states entered, so what is shown can be followed; also when they come late."""
    bed = TwoTasks(delay=delay)
    simulate(bed, [Watcher()], runs=1, horizon=40, seed=3)
    assert [t for t, _, _ in TOLD] == list(range(1 + delay, 41))
    for pull, (_, arm, reward) in enumerate(TOLD[: 39 - delay]):
        before, after = SEEN[pull], SEEN[pull + 1]
        assert arm == pull % 2
        assert after[NOW, arm] == (reward == 10.0)
        assert after[NOW, 1 - arm] == before[NOW, 1 - arm]
    exact = [chain_indices(chain.transitions, chain.rewards, 0.7) for chain in bed.chains]
    for shown in SEEN:
        np.testing.assert_allclose(shown[INDEX], [exact[arm][int(shown[NOW, arm])] for arm in (0, 1)], rtol=1e-12)


@pytest.mark.parametrize("bed", [TwoTasks(), Markov(arms=3, states=3)], ids=["two-tasks", "drawn"])
def test_the_optimum_of_a_run_is_the_best_value_of_its_joint_chain(bed: MarkovBed) -> None:
    """Policy iteration on the joint decision process of the arms that the run has, from the state it begins in."""
    optima = bed.optimum(4, 6)
    for run in range(6):
        start = int(key(np.uint64(4), np.uint64(run), kernel.ARMS_STREAM))
        arms, n = begun(bed, start), bed.states
        steps = np.diff(arms[:, ENTERING + 3 * n :].reshape(-1, n, n), axis=2, prepend=0.0)
        chains = [markov.MarkovArm(p, row[ENTERING : ENTERING + n]) for p, row in zip(steps, arms, strict=True)]
        joint = JointChain(chains, bed.discount)
        here = (joint.states == arms[:, STATE].astype(int)).all(1)
        assert optima[run] == pytest.approx(joint.best_value()[here][0], abs=1e-9)


def test_the_discounted_return_is_the_sum_of_the_discounted_rewards() -> None:
    """In a testbed of any kind; none without a discount, and the other figures are as without."""
    for spec, discount in (("two-tasks", 0.7), ("bernoulli:means=0.8/0.3,discount=0.9", 0.9)):
        priced = simulate(spec, [Watcher()], runs=1, horizon=30, seed=3)
        returned = sum(discount**n * reward for n, (_, _, reward) in enumerate(TOLD))
        assert priced.discount == discount
        assert priced.policies[0].returns == pytest.approx([returned])
    plain = simulate("bernoulli:means=0.8/0.3", [Watcher()], runs=1, horizon=30, seed=3)
    assert plain.policies[0].returns is None
    assert plain.optimum is None
    np.testing.assert_array_equal(plain.policies[0].regret_curve, priced.policies[0].regret_curve)


def test_rewards_far_ahead_are_worth_nothing_and_cost_no_time() -> None:
    """Weights below 1e-30 are left out: they would turn into subnormal numbers."""
    short, long = (simulate("two-tasks", ["gittins"], runs=5, horizon=n, seed=3).policies[0] for n in (200, 20_000))
    np.testing.assert_allclose(short.returns, long.returns, rtol=1e-12)


class First(Watcher):
    """Pulls the first arm."""

    @staticmethod
    def select(state: Any, t: int, rng: Any) -> int:
        SEEN.append(state)
        return 0


def test_the_return_of_a_strategy_is_counted_too() -> None:
    """With one arm a strategy and a policy get the same rewards."""
    results = simulate("bernoulli:means=0.5,discount=0.9", [First(), "greedy"], runs=3, horizon=60, seed=2).policies
    assert results[1].spec == "greedy"
    np.testing.assert_allclose(results[0].returns, results[1].returns)


@pytest.mark.parametrize("policy", ["gittins", "duff:epsilon=0.2"])
def test_neither_threads_nor_company_change_a_bit(policy: str) -> None:
    settings: dict[str, Any] = {"horizon": 50, "seed": 5}
    one, two, four = (simulate("markov", [policy], runs=150, threads=n, **settings) for n in (1, 2, 4))
    few = simulate("markov", [policy], runs=3, **settings)
    for other in (two, four):
        np.testing.assert_array_equal(one.policies[0].returns, other.policies[0].returns)
        np.testing.assert_array_equal(one.policies[0].regret_curve, other.policies[0].regret_curve)
    np.testing.assert_array_equal(few.policies[0].returns, one.policies[0].returns[:3])
    np.testing.assert_array_equal(few.optimum, one.optimum[:3])


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("markov:states=0", "setting 'states'"),
        ("markov:arms=0", "setting 'arms'"),
        ("markov:states=3,branching=4", "branching=4 is more than the 3 states"),
        ("markov:discount=1", "setting 'discount'"),
        ("two-tasks:discount=0", "setting 'discount'"),
        ("sutton-barto:discount=1.5", "setting 'discount'"),
        ("markov:seed=-2", "setting 'seed'"),
    ],
)
def test_wrong_settings_are_refused(spec: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        simulation.checked(spec, ["ucb"], runs=1, horizon=100)
