"""Samplers against SciPy's distributions, streams against a plain SplitMix64."""

import numba
import numpy as np
import pytest
from scipy import stats

from bandits.simulator import randomness
from bandits.simulator.randomness import best, beta, exponential, gamma, integer, key, next_word, normal, uniform
from explore.numerics.hashing import mix

COUNT = 200_000
ALARM = 1e-4  # a p-value below this fails; the seed is fixed, so that a test that passes goes on passing


def follows(drawn, law) -> None:  # type: ignore[no-untyped-def]
    """Kolmogorov–Smirnov, the first two moments, and how many lie in the last thousandth and ten-thousandth."""
    assert stats.kstest(drawn, law.cdf).pvalue > ALARM
    kurtosis = float(law.stats("k")) + 3.0
    assert abs(drawn.mean() - law.mean()) < 4.5 * law.std() / np.sqrt(len(drawn))
    assert abs(drawn.var() - law.var()) < 4.5 * law.var() * np.sqrt((kurtosis - 1.0) / len(drawn))
    for tail in (1e-3, 1e-4):
        for counted in ((drawn < law.ppf(tail)).sum(), (drawn > law.isf(tail)).sum()):
            assert stats.binomtest(int(counted), len(drawn), tail).pvalue > ALARM


@numba.njit
def _fill(sampler, count):  # type: ignore[no-untyped-def]
    rng = np.array([12345], dtype=np.uint64)
    samples = np.empty(count)
    for i in range(count):
        samples[i] = sampler(rng)
    return samples


@numba.njit
def _fill_gamma(shape, count):  # type: ignore[no-untyped-def]
    rng = np.array([99], dtype=np.uint64)
    samples = np.empty(count)
    for i in range(count):
        samples[i] = gamma(rng, shape)
    return samples


@numba.njit
def _fill_beta(a, b, count):  # type: ignore[no-untyped-def]
    rng = np.array([7], dtype=np.uint64)
    samples = np.empty(count)
    for i in range(count):
        samples[i] = beta(rng, a, b)
    return samples


@pytest.mark.parametrize(
    ("sampler", "law"), [(uniform, stats.uniform()), (normal, stats.norm()), (exponential, stats.expon())]
)
def test_samplers_follow_their_law(sampler, law) -> None:  # type: ignore[no-untyped-def]
    follows(_fill(sampler, COUNT), law)


def test_the_tails_of_the_ziggurat() -> None:
    drawn = np.abs(_fill(normal, 4 * COUNT))
    for edge in (2.0, 3.0, randomness.EDGES[1], 4.0):
        expected = 2 * stats.norm.sf(edge) * len(drawn)
        assert abs((drawn > edge).sum() - expected) < 4.5 * np.sqrt(expected)


@pytest.mark.parametrize("shape", [0.3, 1.0, 2.5, 40.0])
def test_gamma(shape: float) -> None:
    follows(_fill_gamma(shape, COUNT), stats.gamma(shape))


@pytest.mark.parametrize(("a", "b"), [(1.0, 1.0), (0.5, 3.0), (12.0, 30.0)])
def test_beta(a: float, b: float) -> None:
    follows(_fill_beta(a, b, COUNT), stats.beta(a, b))


@pytest.mark.parametrize("scale", [1e-3, 1e-12, 1e-300])
def test_beta_numbers_of_tiny_parameters_lie_at_the_ends(scale: float) -> None:
    """Beta(a, b) tends to a coin of chance a / (a + b) as both fall."""
    drawn = _fill_beta(0.3 * scale, 0.7 * scale, 20_000)
    assert ((drawn < 1e-9) | (drawn > 1 - 1e-9)).mean() > 0.95
    assert abs(drawn.mean() - 0.3) < 4 * np.sqrt(0.21 / 20_000)


def test_integers_are_uniform() -> None:
    rng = np.array([3], dtype=np.uint64)
    counted = np.bincount([integer(rng, 7) for _ in range(20_000)], minlength=7)
    assert stats.chisquare(counted).pvalue > ALARM


def test_a_stream_is_splitmix64() -> None:
    word, state = (1 << 64) - 1, 0
    rng = np.array([0], dtype=np.uint64)
    for _ in range(5):
        state = (state + 0x9E3779B97F4A7C15) & word
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & word
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & word
        assert int(next_word(rng)) == z ^ (z >> 31)


def test_streams_of_different_runs_and_purposes_are_different() -> None:
    keys = {
        int(key(np.uint64(seed), np.uint64(run), np.uint64(purpose)))
        for seed in range(5)
        for run in range(40)
        for purpose in range(4)
    }
    assert len(keys) == 800
    assert int(mix(np.uint64(0))) == 0  # which is why keys are never mixed from nothing
    assert 0 not in keys


def test_the_best_is_the_largest_and_ties_are_fair() -> None:
    rng = np.array([1], dtype=np.uint64)
    assert best(np.array([0.0, 2.0, 1.0]), rng) == 1
    counted = np.bincount([best(np.array([1.0, 0.0, 1.0, 1.0]), rng) for _ in range(12_000)], minlength=4)
    assert counted[1] == 0
    assert stats.chisquare(counted[[0, 2, 3]]).pvalue > ALARM
