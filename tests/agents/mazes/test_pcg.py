"""The compiled generator against NumPy's, number for number."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agents.mazes.pcg import draw, read_script, words, write_script


@given(st.integers(0, 2**63), st.lists(st.integers(1, 2**32 - 1) | st.integers(1, 5), min_size=1, max_size=60))
def test_draws_are_those_of_numpy(seed: int, bounds: list[int]) -> None:
    generator = np.random.Generator(np.random.PCG64(seed))
    state = words(generator)
    assert [draw(state, bound) for bound in bounds] == [int(generator.integers(bound)) for bound in bounds]
    np.testing.assert_array_equal(state[:5], words(generator)[:5])  # half a word that is used up may differ


def test_the_numbers_of_a_script_run_through_every_outcome_once() -> None:
    state, seen = words(np.random.default_rng(0)), set()
    for number in range(24):
        write_script(state, number)
        seen.add(tuple(draw(state, count) for count in (2, 3, 1, 4)))
        assert read_script(state) == (0, 24)
    assert seen == set(itertools.product(range(2), range(3), range(1), range(4)))


def test_a_number_beyond_the_outcomes_leaves_digits() -> None:
    state = words(np.random.default_rng(0))
    write_script(state, 7)
    assert (draw(state, 2), draw(state, 3)) == (1, 0)
    assert read_script(state) == (1, 6)
