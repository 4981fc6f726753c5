"""Strategies: frequencies against their formulas, durations against SciPy's zeta, counts by hand."""

import io

import numpy as np
import pytest
import scipy.stats
import torch

from explore.core.plugins import STRATEGIES, make_strategy
from explore.errors import BadInput
from explore.numerics.streams import Streams
from explore.strategies.boltzmann import Boltzmann, gumbel
from explore.strategies.boltzmann_gumbel import BoltzmannGumbel
from explore.strategies.epsilon_greedy import EpsilonGreedy
from explore.strategies.epsilon_z_greedy import EpsilonZGreedy
from explore.strategies.greedy import Greedy
from explore.strategies.ucb import UCB

VALUES = torch.tensor([0.3, 0.1, 0.7, -0.4])
MANY = 40_000
RARE = 1e-4  # the chance that a right implementation fails; seeds are fixed


def frequencies(strategy, step=0, values=VALUES):
    chosen = strategy.choose(values.expand(2, MANY, 4), step, Streams(0, "choose", [0, 1]))
    assert chosen.shape == (2, MANY)
    assert chosen.dtype == torch.int64
    return [np.bincount(row, minlength=4) for row in chosen.numpy()]


def fits(observed, probabilities):
    shares = np.asarray(probabilities, dtype=np.float64)
    expected = shares / shares.sum() * observed.sum()
    return scipy.stats.chisquare(observed, expected).pvalue > RARE


@pytest.mark.parametrize(("step", "epsilon"), [(0, 0.8), (50, 0.5), (100, 0.2), (900, 0.2)])
def test_epsilon_greedy_frequencies(step, epsilon):
    strategy = EpsilonGreedy(4, learners=2, envs=MANY, horizon=1000, start=0.8, end=0.2, decay=0.1)
    expected = np.full(4, epsilon / 4) + np.array([0, 0, 1 - epsilon, 0])
    assert all(fits(row, expected) for row in frequencies(strategy, step))


@pytest.mark.parametrize(("step", "temperature"), [(0, 0.5), (1000, 0.1)])
def test_boltzmann_frequencies(step, temperature):
    strategy = Boltzmann(4, learners=2, envs=MANY, horizon=1000, start=0.5, end=0.1)
    assert all(fits(row, torch.softmax(VALUES / temperature, 0).numpy()) for row in frequencies(strategy, step))
    # A constant added to all values changes nothing.
    shifted = frequencies(strategy, step, VALUES + 2)
    assert all(fits(row, torch.softmax(VALUES / temperature, 0).numpy()) for row in shifted)


def test_gumbel_numbers_are_gumbel():
    drawn = gumbel(Streams(1, "gumbel", [0]), MANY)[0].numpy()
    assert scipy.stats.kstest(drawn, scipy.stats.gumbel_r.cdf).pvalue > RARE


def test_greedy_breaks_ties_evenly():
    tied = torch.tensor([0.7, 0.1, 0.7, 0.7])
    for row in frequencies(Greedy(4, learners=2, envs=MANY), values=tied):
        assert row[1] == 0
        assert fits(row[[0, 2, 3]], np.full(3, 1 / 3))


@pytest.mark.parametrize("kind", [EpsilonGreedy, EpsilonZGreedy])
def test_epsilon_greedy_breaks_ties_evenly(kind):
    tied = torch.tensor([0.7, 0.1, 0.7, 0.7])
    strategy = kind(4, learners=2, envs=MANY, horizon=1000, start=0.3, end=0.3)
    for row in frequencies(strategy, values=tied):
        assert fits(row, [0.075 + 0.7 / 3, 0.075, 0.075 + 0.7 / 3, 0.075 + 0.7 / 3])


@pytest.mark.parametrize("exponent", [2.0, 3.5])
def test_zeta_durations_agree_with_scipy(exponent):
    strategy = EpsilonZGreedy(4, exponent=exponent)
    drawn = strategy.durations(Streams(0, "z", [0]).uniform(MANY)).numpy()[0]
    law = scipy.stats.zipf(exponent)
    head = np.arange(1, 9)
    observed = [*((drawn == n).sum() for n in head), (drawn > 8).sum()]
    assert fits(np.array(observed), [*law.pmf(head), law.sf(8)])


def test_epsilon_z_holds_its_action_until_done_and_ends_with_the_episode(moves):
    strategy = EpsilonZGreedy(4, envs=2, start=0, end=0, decay=0)
    streams = Streams(0, "choose", [0])
    values = VALUES.expand(1, 2, 4)
    strategy.left.fill_(3)
    strategy.held.copy_(torch.tensor([[1, 3]]))
    assert strategy.choose(values, 0, streams).tolist() == [[1, 3]]
    strategy.observe(moves([[0, 0]], [[0, 0]], ended=[[True, False]]))
    later = [strategy.choose(values, 0, streams).tolist()[0] for _ in range(3)]
    assert later == [[2, 3], [2, 3], [2, 2]]


def test_epsilon_z_starts_repetitions_with_probability_epsilon():
    strategy = EpsilonZGreedy(4, learners=2, envs=MANY, start=0.4, end=0.4)
    assert all(fits(row, [0.1, 0.1, 0.7, 0.1]) for row in frequencies(strategy))


def test_ucb_counts_state_action_pairs_by_hand(moves):
    strategy = UCB(3, optimism=2, power=1)
    streams = Streams(0, "choose", [0])
    values = torch.tensor([[[0.0, 0.5, 0.9]]])
    here, there = torch.zeros(1, 1, 1, dtype=torch.uint8), torch.ones(1, 1, 1, dtype=torch.uint8)
    taken = []
    for _ in range(4):
        strategy.see(here)
        action = strategy.choose(values, 0, streams)
        taken.append(action.item())
        strategy.observe(moves([[0]], [[0]], actions=action.tolist()))
    # 2.9; then 2.5 > 2.0 > 1.9; then 2.0 > 1.9 > 1.5; then 1.9 > 1.5 > 1.0
    assert taken == [2, 1, 0, 2]
    strategy.see(there)
    assert strategy.counts(values).tolist() == [[[0, 0, 0]]]


def test_ucb_without_states_counts_actions(moves):
    strategy = UCB(2)
    strategy.observe(moves([[0]], [[1]], actions=[[1]]))
    strategy.observe(moves([[1]], [[0]], actions=[[1]]))
    strategy.observe(moves([[1]], [[0]], actions=[[0]], valid=[[False]]))
    assert strategy.counts(torch.zeros(1, 1, 2)).tolist() == [[[0, 2]]]


def test_boltzmann_gumbel_tries_every_action_first_and_then_less_and_less(moves):
    strategy = BoltzmannGumbel(4, scale=1)
    streams = Streams(0, "choose", [0])
    values = VALUES.expand(1, 1, 4)
    first = []
    for _ in range(4):
        action = strategy.choose(values, 0, streams)
        first.append(action.item())
        strategy.observe(moves([[0]], [[0]], actions=action.tolist()))
    assert sorted(first) == [0, 1, 2, 3]
    # With one visit each, noise is standard Gumbel, so that the choice is a softmax of the values.
    many = VALUES.expand(1, MANY, 4)
    assert fits(np.bincount(strategy.choose(many, 0, streams)[0], minlength=4), torch.softmax(VALUES, 0).numpy())
    # With 100 visits each, a softmax at a tenth of the temperature.
    for _ in range(99):
        for action in range(4):
            strategy.observe(moves([[0]], [[0]], actions=[[action]]))
    sharp = torch.softmax(VALUES * 10, 0).numpy()
    assert fits(np.bincount(strategy.choose(many, 0, streams)[0], minlength=4), sharp)


@pytest.mark.parametrize("name", STRATEGIES.names())
def test_state_is_read_without_code(moves, name):
    """Tensors and plain numbers alone: `torch.load` with its safe default."""
    plugin, file = STRATEGIES.get(name), io.BytesIO()
    one, again = plugin(4, envs=2), plugin(4, envs=2)
    streams = Streams(5, "c", [0])
    values = torch.rand(1, 2, 4, generator=torch.Generator().manual_seed(0))
    for step in range(5):
        one.see(torch.tensor([[[step], [0]]], dtype=torch.uint8))
        actions = one.choose(values, step, streams)
        one.observe(moves([[step, 0]], [[step + 1, 0]], actions=actions.tolist()))
    torch.save({"strategy": one.state_dict(), "streams": streams.state_dict()}, file)
    file.seek(0)
    state = torch.load(file, weights_only=True)
    again.load_state_dict(state["strategy"])
    same = Streams(9, "c", [0])
    same.load_state_dict(state["streams"])
    assert torch.equal(one.choose(values, 5, streams), again.choose(values, 5, same))


@pytest.mark.parametrize(
    "name", ["boltzmann", "boltzmann-gumbel", "epsilon-greedy", "epsilon-z-greedy", "greedy", "ucb"]
)
def test_a_learner_chooses_the_same_alone_and_in_company_and_after_a_state_round_trip(moves, name):
    plugin = STRATEGIES.get(name)
    company, alone, again = plugin(4, learners=3, envs=2), plugin(4, envs=2), plugin(4, envs=2)
    many, one, one_more = Streams(5, "c", [0, 1, 2]), Streams(5, "c", [2]), Streams(5, "c", [2])
    values = torch.rand(3, 2, 4, generator=torch.Generator().manual_seed(0))
    for step in range(30):
        chosen = company.choose(values, step, many)
        one_more.load_state_dict(one.state_dict())
        again.load_state_dict(alone.state_dict())
        single = alone.choose(values[2:], step, one)
        assert torch.equal(chosen[2:], single)
        assert torch.equal(again.choose(values[2:], step, one_more), single)
        states = [[0, 0]] * 3
        company.observe(moves(states, states, actions=chosen.tolist()))
        alone.observe(moves(states[:1], states[:1], actions=single.tolist()))


def test_relabelled_actions_relabel_the_choice():
    order = torch.tensor([2, 0, 3, 1])
    strategy = Boltzmann(4, learners=2, envs=MANY)
    plain, relabelled = frequencies(strategy), frequencies(strategy, values=VALUES[order])
    for one, other in zip(plain, relabelled, strict=True):
        assert scipy.stats.chi2_contingency([one[order], other]).pvalue > RARE


@pytest.mark.parametrize("wrong", [{"horizon": 0}, {"horizon": -100}, {"learners": 0}, {"envs": -1}])
def test_counts_below_one_are_refused(wrong):
    (name,) = wrong
    with pytest.raises(BadInput, match=f"{name} is {wrong[name]}"):
        make_strategy("epsilon-greedy", 3, **wrong)
