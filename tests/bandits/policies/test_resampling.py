"""Sub-samples and pseudo-rewards against their distributions."""

import numpy as np
import pytest
from bandits.policies.resampling import BESA, PerturbedHistory
from scipy import stats

from bandits.policies import resampling
from bandits.simulator.simulation import checked, simulate
from bandits.testbeds.bernoulli import TwoArms
from explore.errors import BadInput


@pytest.mark.parametrize("count", [5, 64, 130])
def test_coins_are_binomial(count: int) -> None:
    rng = np.array([3], np.uint64)
    heads = [resampling.coins(rng, count) for _ in range(2000)]
    assert abs(np.mean(heads) - count / 2) < 4 * np.sqrt(count / 4 / 2000)
    assert np.var(heads) == pytest.approx(count / 4, rel=0.15)
    assert 0 <= min(heads) <= max(heads) <= count


def test_perturbed_average_by_hand() -> None:
    """n = 4, S = 3, a = 1: (3 + Binomial(4, ½)) / 8 has the mean 5/8."""
    state, rng = PerturbedHistory(a=1.0).initial(TwoArms(), 100), np.array([3], np.uint64)
    for arm, reward in ((0, 1.0), (0, 1.0), (0, 0.0), (0, 1.0), (1, 0.0)):
        resampling.update_perturbed(state, arm, reward, rng)
    found = []
    for t in range(2000):
        resampling.select_perturbed(state, t, rng)
        found.append(state[resampling.INDEX, 0])
    assert set(np.round(np.array(found) * 8, 9)) == {3, 4, 5, 6, 7}
    assert np.mean(found) == pytest.approx(5 / 8, abs=0.015)


def test_sub_samples_are_without_replacement() -> None:
    """The number of successes among 4 of 10 rewards is hypergeometric; the history stays the same rewards."""
    state, rng = BESA().initial(TwoArms(), 100), np.array([3], np.uint64)
    for n in range(10):
        resampling.update_besa(state, 0, float(n < 6), rng)
    found = [4 * resampling.sampled_average(state, 0, 4, rng) for _ in range(3000)]
    counted = np.bincount(np.array(found).round().astype(int), minlength=5)
    expected = stats.hypergeom(10, 6, 4).pmf(np.arange(5)) * 3000
    assert stats.chisquare(counted, expected).pvalue > 1e-3
    assert state[resampling.HISTORY : resampling.HISTORY + 10, 0].sum() == 6


def test_an_equal_duel_goes_to_the_arm_with_fewer_pulls() -> None:
    state, rng = BESA().initial(TwoArms(), 100), np.array([3], np.uint64)
    for arm in (0, 0, 0, 1, 1):
        resampling.update_besa(state, arm, 1.0, rng)
    assert all(resampling.duel(state, 0, 1, rng) == 1 for _ in range(20))


def test_besa_beats_ucb1_without_knowing_the_family() -> None:
    besa, ucb = simulate("two-arms", ["besa", "ucb1"], runs=150, horizon=1000, seed=2).policies
    assert besa.regret + 3 * besa.regret_se < ucb.regret


def test_a_history_that_does_not_fit_is_refused() -> None:
    with pytest.raises(BadInput, match="take a shorter horizon"):
        checked("sutton-barto", ["besa"], runs=1, horizon=100_000_000)[1][0][1].initial(TwoArms(), 100_000_000)
