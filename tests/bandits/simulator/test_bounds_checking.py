"""Indices outside of arrays are found in compiled policies, also in the functions that they call."""

from typing import Any

import numba
import numpy as np
import pytest

from bandits.policy import from_functions
from bandits.simulator.bounds_checking import bounds_checked
from bandits.simulator.simulation import OutOfBounds, simulate
from bandits.testbeds.bernoulli import TwoArms


@numba.njit
def write(state: Any, row: int, value: float) -> None:
    state[row, 0] = value


@numba.njit
def first_arm(state: Any, t: int, rng: Any) -> int:
    return 0


@numba.njit
def update_far(state: Any, arm: int, reward: float, rng: Any) -> None:
    write(state, 1 + int(reward), reward)


@numba.njit
def twice(value: int) -> int:
    return 2 * value if value < 4 else twice(value - 4)


@numba.njit
def recursive(values: Any, index: int) -> Any:
    return values[twice(index)]


def test_a_helper_is_checked_too() -> None:
    """`update` itself has no index; it writes row 2 of two where a reward is 1."""
    wild = from_functions(first_arm, update_far, [0.0, 0.0], name="wild")
    with pytest.raises(OutOfBounds, match=r"policy 'wild' reads or writes outside of its state.*out of bounds"):
        simulate(TwoArms(), [wild], runs=2, horizon=20, check_bounds=True)


def test_a_policy_within_its_arrays_plays_the_same() -> None:
    tame = from_functions(first_arm, update_far, [0.0, 0.0, 0.0])
    checked, usual = (simulate(TwoArms(), [tame], runs=2, horizon=20, check_bounds=check) for check in (True, False))
    np.testing.assert_array_equal(checked.policies[0].regrets, usual.policies[0].regrets)


def test_functions_that_call_themselves_are_copied_once() -> None:
    copy = bounds_checked(recursive)
    assert copy(np.arange(6.0), 6) == recursive(np.arange(6.0), 6) == 4.0
    with pytest.raises(IndexError):
        copy(np.arange(3.0), 3)


def test_what_is_not_compiled_stays() -> None:
    assert bounds_checked(len) is len
