"""Means with their intervals against SciPy, how many learners, and arms that are a learner's own."""

import numpy as np
import pytest
import torch
from scipy import stats

from bandits.trial.plugin_under_test import plugin_under_test
from bandits.trial.traits.measurement import (
    FEW,
    MANY,
    RUNS,
    Arms,
    Measurement,
    TraitSpec,
    learners,
    mean_interval,
    trait,
)

SPEC = TraitSpec("height", "m", "more", "how tall it is")


def test_the_interval_is_students():
    values = np.array([1.0, 4.0, 2.0, 7.0])
    mean, interval = mean_interval(values)
    assert mean == 3.5
    assert interval == pytest.approx(stats.t.interval(0.95, 3, 3.5, stats.sem(values)))
    assert interval == pytest.approx((3.5 - 3.182446 * 2.645751 / 2, 3.5 + 3.182446 * 2.645751 / 2), rel=1e-5)


def test_a_difference_is_paired_learner_by_learner():
    ours = np.array([1.0, 5.0, 9.0])
    measured = trait(SPEC, Measurement(ours, {"other": ours - 2.0}))
    assert measured.references["other"] == pytest.approx(
        (3.0, 2.0, 2.0, 2.0)
    )  # no spread at all, though both spread widely
    assert (measured.value, measured.unit, measured.better, list(measured.learners)) == (
        5.0,
        "m",
        "more",
        [1.0, 5.0, 9.0],
    )


def test_a_cost_has_a_geometric_mean_and_an_interval_above_zero():
    measured = trait(SPEC, Measurement(np.array([1.0, 100.0]), logarithmic=True))
    assert measured.value == pytest.approx(10.0)
    low, high = measured.interval
    assert 0 < low < 1 < 100 < high
    assert low * high == pytest.approx(100.0)


def test_how_many_learners():
    kinds = {"count": "bonus", "rnd:hidden=4": "bonus", "mix:bonuses=count+rnd": "bonus", "greedy": None, "ucb1": None}
    measured = [len(learners(plugin_under_test(spec, kind))) for spec, kind in kinds.items()]
    assert measured == [MANY, FEW, FEW, MANY, RUNS]


def test_arms_are_a_learners_own_whoever_else_is_there():
    together, other = Arms([0, 1, 2], 4, 3), Arms([2, 0], 4, 3)
    assert torch.equal(together.rows[[2, 0]], other.rows)
    assert torch.equal(together.noise()[[2, 0]], other.noise())
    assert not torch.equal(together.rows[0], together.rows[1])


def test_what_pulls_and_steps_elsewhere_are():
    arms = Arms([0, 1], 3, 2)
    pulls = arms.pull([2, 0])
    assert torch.equal(pulls.observation[1, 0], arms.rows[1, 0])  # the start
    assert torch.equal(pulls.next_observation[1], arms.rows[1, [3, 1]])
    assert pulls.action.tolist() == [[2, 0], [2, 0]]
    assert pulls.terminated.all()
    mixed = arms.pull(torch.tensor([[1], [2]]))
    assert torch.equal(mixed.next_observation[:, 0], torch.stack([arms.rows[0, 2], arms.rows[1, 3]]))
    away = arms.elsewhere()
    assert torch.equal(away.observation[0], arms.rows[0, [4, 5]])
    assert torch.equal(away.next_observation[0], arms.rows[0, [5, 4]])
    step = arms.walk(0, 1)
    assert torch.equal(step.observation[1, 0], arms.rows[1, 1])
    assert not step.ended.any()
