"""Aggregates against values worked by hand, and rliable's on the same arrays."""

import importlib.util

import numpy as np
import pytest

from escapade.statistics import interquartile_mean, optimality_gap, performance_profile, rate_interval

SCORES = np.arange(40).reshape(10, 4) ** 2 % 37 / 36  # (runs, mazes)


def test_the_interquartile_mean_drops_a_quarter_at_each_end():
    assert interquartile_mean([-100, 1, 2, 3, 4, 5, 6, 900]) == pytest.approx((2 + 3 + 4 + 5) / 4)


def test_what_exceeds_the_target_does_not_make_up_for_what_falls_short():
    assert optimality_gap([0.5, 2.0, 1.0, 0.0]) == pytest.approx(1 - 2.5 / 4)
    assert optimality_gap([0.5, 2.0], target=2.0) == pytest.approx(2 - 1.25)


def test_the_profile_is_the_share_above_each_threshold():
    rows = performance_profile([0, 0.5, 1, 1], [0, 0.5, 0.9, 1])
    assert [row[:2] for row in rows] == [(0, 0.75), (0.5, 0.5), (0.9, 0.5), (1, 0)]
    assert [row[2:] for row in rows] == [rate_interval(above, 4) for above in (3, 2, 2, 0)]


def test_the_figures_are_those_of_rliable():
    # rliable 1.2.0: metrics.aggregate_iqm, metrics.aggregate_optimality_gap with gamma 1 and .8.
    assert interquartile_mean(SCORES.reshape(-1)) == pytest.approx(0.45555555555555555, abs=1e-12)
    assert optimality_gap(SCORES) == pytest.approx(0.5340277777777778, abs=1e-12)
    assert optimality_gap(SCORES, 0.8) == pytest.approx(0.35875, abs=1e-12)


@pytest.mark.skipif(not importlib.util.find_spec("rliable"), reason="rliable is not installed")
def test_so_they_are_where_it_is_installed():
    from rliable import metrics

    random = np.random.default_rng(0)
    for runs, mazes in [(3, 1), (5, 2), (10, 4), (30, 10)]:
        scores = random.beta(0.3, 0.3, size=(runs, mazes))
        assert interquartile_mean(scores.reshape(-1)) == pytest.approx(metrics.aggregate_iqm(scores))
        assert optimality_gap(scores, 0.8) == pytest.approx(metrics.aggregate_optimality_gap(scores, 0.8))
