"""The lower bound's constant against worked values."""

import math

import numpy as np
import pytest

from bandits.theory.bounds.lai_robbins import lai_robbins
from explore.errors import BadInput


def test_constants_of_the_reference_problems() -> None:
    problem_b = [0.1, *[0.05] * 3, *[0.02] * 3, *[0.01] * 3]
    assert lai_robbins(problem_b).constant == pytest.approx(17.445, abs=5e-4)
    assert lai_robbins([0.9, 0.8]).constant == pytest.approx(2.2521, abs=5e-5)


def test_gaussian_arms_cost_two_variances_over_the_gap() -> None:
    assert lai_robbins([1.0, 0.5, 0.0], "gaussian").constant == pytest.approx(2 / 0.5 + 2 / 1.0)
    assert lai_robbins([1.0, 0.5], "gaussian", [9.0, 4.0]).constant == pytest.approx(2 * 4 / 0.5)
    unknown_variance = lai_robbins([1.0, 0.5], "gaussian-unknown-variance", 4.0).constant
    assert unknown_variance == pytest.approx(0.5 / (0.5 * math.log(1 + 0.25 / 4)))


def test_other_families() -> None:
    assert lai_robbins([3.0, 2.0], "poisson").constant == pytest.approx(1 / (3 - 2 + 2 * math.log(2 / 3)))
    assert lai_robbins([3.0, 2.0], "exponential").constant == pytest.approx(1 / (2 / 3 - 1 - math.log(2 / 3)))


def test_symmetries() -> None:
    assert lai_robbins([0.4] * 5).constant == 0
    assert lai_robbins([0.1, 0.7, 0.3]).constant == pytest.approx(lai_robbins([0.7, 0.3, 0.1]).constant)
    assert lai_robbins([1.0, 0.5]).constant == 0  # one failure rules the arm out: no logarithm


def test_line_and_remark() -> None:
    bound = lai_robbins([0.9, 0.8])
    assert bound.line([1, math.e]) == pytest.approx(np.array([0.0, bound.constant]))
    assert bound.asymptotic
    assert "asymptotic" in bound.note


@pytest.mark.parametrize(
    ("means", "family", "variance"),
    [
        ([], "bernoulli", 1.0),
        ([0.2, 1.2], "bernoulli", 1.0),
        ([-1.0], "poisson", 1.0),
        ([0.0], "exponential", 1.0),
        ([0.0, 1.0], "gaussian", 0.0),
        ([0.0, 1.0], "bernouli", 1.0),
    ],
)
def test_bad_input_is_refused(means: list[float], family: str, variance: float) -> None:
    with pytest.raises(BadInput):
        lai_robbins(means, family, variance)
