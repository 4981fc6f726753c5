"""The compiled generator against NumPy's, number for number."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agents.mazes.pcg import draw, words


@given(st.integers(0, 2**63), st.lists(st.integers(1, 2**32 - 1) | st.integers(1, 5), min_size=1, max_size=60))
def test_draws_are_those_of_numpy(seed: int, bounds: list[int]) -> None:
    generator = np.random.Generator(np.random.PCG64(seed))
    state = words(generator)
    assert [draw(state, bound) for bound in bounds] == [int(generator.integers(bound)) for bound in bounds]
    np.testing.assert_array_equal(state[:5], words(generator)[:5])  # half a word that is used up may differ
