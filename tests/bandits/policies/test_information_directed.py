"""The mixture against a grid search, the sampled quantities against exact ones."""

import functools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bandits.policies import information_directed as ids
from bandits.policies.information_directed import InformationDirected
from bandits.simulator.simulation import simulate
from bandits.testbeds.bernoulli import TwoArms


@given(*(st.floats(0.0, 2.0),) * 2, *(st.floats(0.001, 2.0),) * 2)
def test_the_share_minimises_the_ratio(gap: float, other_gap: float, gain: float, other_gain: float) -> None:
    def ratio(q):
        return (q * gap + (1 - q) * other_gap) ** 2 / (q * gain + (1 - q) * other_gain)

    share = ids.best_share(gap, other_gap, gain, other_gain)
    assert 0 <= share <= 1
    assert ratio(share) <= ratio(np.linspace(0, 1, 1001)).min() + 1e-9


def test_gaps_and_gains_are_those_of_the_posterior() -> None:
    """Two Beta posteriors, by numerical integration over a grid."""
    won, lost = np.array([3, 1]), np.array([1, 2])
    bed, rng = TwoArms(), np.array([3], np.uint64)
    policy = InformationDirected(samples=60_000)
    state = policy.initial(bed, 100)
    select, update = policy.functions(bed)
    for arm in range(2):
        for n in range(won[arm] + lost[arm]):
            update(state, arm, float(n < won[arm]), rng)
    select(state, 8, rng)
    x = (np.arange(1500) + 0.5) / 1500
    one, two = (stats.beta(1 + w, 1 + f).pdf(x) / 1500 for w, f in zip(won, lost, strict=True))
    joint = np.outer(one, two)
    first = x[:, None] > x[None, :]
    p = np.array([joint[first].sum(), 1 - joint[first].sum()])
    means = np.array([one @ x, two @ x])
    given_first = np.array([(joint * x[:, None])[first].sum(), (joint * x[None, :])[first].sum()]) / p[0]
    given_second = (means - p[0] * given_first) / p[1]
    gains = p[0] * (given_first - means) ** 2 + p[1] * (given_second - means) ** 2
    reached = (joint * np.maximum(x[:, None], x[None, :])).sum()
    np.testing.assert_allclose(state[ids.GAPS], reached - means, atol=0.004)
    np.testing.assert_allclose(state[ids.GAINS], gains, rtol=0.1)


@functools.cache
def exact_share(won: int, lost: int, won_too: int, lost_too: int) -> float:
    """The share of the first arm under exact expectations: Beta posteriors on a grid, and every share tried."""
    x = (np.arange(600) + 0.5) / 600
    one, two = (np.exp(stats.beta(1 + w, 1 + f).logpdf(x)) for w, f in ((won, lost), (won_too, lost_too)))
    one, two = one / one.sum(), two / two.sum()
    means = np.array([one @ x, two @ x])
    below_two, below_one = np.cumsum(two) - 0.5 * two, np.cumsum(one) - 0.5 * one  # P(other < x), ties by halves
    p = np.array([one @ below_two, two @ below_one])
    first = np.array([(one * x) @ below_two, one @ (np.cumsum(two * x) - 0.5 * two * x)])
    second = np.array([two @ (np.cumsum(one * x) - 0.5 * one * x), (two * x) @ below_one])
    with np.errstate(divide="ignore", invalid="ignore"):
        gains = np.nan_to_num((first - p[0] * means) ** 2 / p[0]) + np.nan_to_num((second - p[1] * means) ** 2 / p[1])
    gaps = np.maximum(first[0] + second[1] - means, 0.0)
    if gaps.min() < 1e-9 or gains.max() < 1e-15:  # one arm is surely the best
        return float(gaps[0] <= gaps[1])
    q = np.linspace(0, 1, 2001)
    ratio = (q * gaps[0] + (1 - q) * gaps[1]) ** 2 / np.maximum(q * gains[0] + (1 - q) * gains[1], 1e-300)
    return float(q[ratio <= ratio.min() * (1 + 1e-9)].mean())  # arms that are alike share their pulls


def exact_regret(means: tuple[float, float], horizon: int, runs: int) -> tuple[float, float]:
    """Regret and its standard error of information-directed sampling with exact expectations, in plain Python."""
    rng, regrets = np.random.default_rng(5), np.zeros(runs)
    for run in range(runs):
        counts = [0, 0, 0, 0]
        for _ in range(horizon):
            arm = 0 if rng.random() < exact_share(*counts) else 1
            counts[2 * arm + (rng.random() >= means[arm])] += 1
            regrets[run] += max(means) - means[arm]
    return float(regrets.mean()), float(regrets.std(ddof=1) / runs**0.5)


@pytest.mark.slow
@pytest.mark.parametrize(("means", "horizon", "runs"), [((0.0, 1.0), 200, 400), ((0.1, 0.9), 300, 60)])
def test_the_regret_is_that_of_an_independent_implementation(
    means: tuple[float, float], horizon: int, runs: int
) -> None:
    """Also where one arm is soon surely the best: its gain is 0 then, and the gain of the other a rounding error."""
    bed = f"bernoulli:means={means[0]}/{means[1]}"
    ours = simulate(bed, ["information-directed:samples=1000"], runs=200, horizon=horizon, seed=1).policies[0]
    theirs, error = exact_regret(means, horizon, runs)
    assert abs(ours.regret - theirs) < 4 * np.hypot(ours.regret_se, error)


def sampled_regret(means: tuple[float, float], horizon: int, runs: int, samples: int) -> tuple[float, float]:
    """Regret and its standard error with expectations from `samples` draws, in NumPy, all runs side by side."""
    rng, arms, each = np.random.default_rng(7), np.array(means), np.arange(runs)
    won, pulls, regrets = np.zeros((runs, 2)), np.zeros((runs, 2)), np.zeros(runs)
    for _ in range(horizon):
        drawn = rng.beta((1 + won)[:, None], (1 + pulls - won)[:, None], size=(runs, samples, 2))
        first = drawn[..., 0] > drawn[..., 1]
        p, mean = first.mean(1), drawn.mean(1)
        gap = np.maximum(drawn.max(2).mean(1)[:, None] - mean, 0.0)
        gain = np.zeros((runs, 2))
        for share, chosen in ((p, first), (1 - p, ~first)):
            count = np.maximum(chosen.sum(1), 1)[:, None]
            gain += share[:, None] * ((drawn * chosen[..., None]).sum(1) / count - mean) ** 2
        slope, tilt = gap[:, 0] - gap[:, 1], gain[:, 0] - gain[:, 1]
        with np.errstate(divide="ignore", invalid="ignore"):
            inner = (gap[:, 1] * tilt - 2 * slope * gain[:, 1]) / (slope * tilt)  # where the derivative is 0
        q = np.stack([np.zeros(runs), np.ones(runs), np.clip(np.nan_to_num(inner, nan=0.5), 0.0, 1.0)], axis=1)
        ratio = (q * gap[:, :1] + (1 - q) * gap[:, 1:]) ** 2 / np.maximum(
            q * gain[:, :1] + (1 - q) * gain[:, 1:], 1e-300
        )
        chance = np.where(p == 1, 1.0, np.where(p == 0, 0.0, q[each, ratio.argmin(1)]))
        arm = (rng.random(runs) >= chance).astype(int)
        won[each, arm] += rng.random(runs) < arms[arm]
        pulls[each, arm] += 1
        regrets += arms.max() - arms[arm]
    return float(regrets.mean()), float(regrets.std(ddof=1) / runs**0.5)


@pytest.mark.slow
def test_the_regret_is_that_of_the_same_rule_in_numpy_with_as_many_draws() -> None:
    """1.15 ± .01 and 1.17 ± .03 at T = 500. Trying 201 shares instead of solving for the best one gives 1.34 ± .03."""
    ours = simulate("bernoulli:means=0.1/0.9", ["information-directed"], runs=500, horizon=500, seed=1).policies[0]
    theirs, error = sampled_regret((0.1, 0.9), 500, 200, 100)
    assert abs(ours.regret - theirs) < 4 * np.hypot(ours.regret_se, error)


def test_an_arm_that_is_best_in_every_draw_is_pulled() -> None:
    """Its gap is 0; the gain of the other arm, 1e-34, is a rounding error, whose ratio to any regret means nothing."""
    state = InformationDirected().initial(TwoArms(), 100)
    state[ids.GAPS, :2], state[ids.GAINS, :2] = [0.0, 0.8], [0.0, 1e-34]
    assert ids.mixture(state, np.array([3], np.uint64)) == 0


@pytest.mark.parametrize("testbed", ["bernoulli:means=0.1/0.9", "sutton-barto:arms=3"])
def test_the_regret_grows_far_slower_than_the_horizon(testbed: str) -> None:
    """Linear regret would be four times as large after four times the pulls; logarithmic regret is 1.3 times."""
    policies = ["information-directed"]
    long = simulate(testbed, policies, runs=60, horizon=1600, seed=2).policies[0]
    short = simulate(testbed, policies, runs=60, horizon=400, seed=2).policies[0]
    assert long.regret < 2.2 * short.regret
