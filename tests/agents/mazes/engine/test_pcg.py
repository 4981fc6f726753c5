"""The compiled generator against NumPy's, number for number."""

import itertools

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from agents.mazes.engine.pcg import Words, draw, normal, read_script, uniform, words, write_script
from explore.numerics.compiled import compiled


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


@compiled
def drawn(state: Words, count: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Uniform and normal numbers by turns, and now and then half a word between them."""
    uniforms, normals = np.empty(count), np.empty(count)
    for i in range(count):
        uniforms[i], normals[i] = uniform(state), normal(state)
        if i % 1000 == 0:
            draw(state, 5)
    return uniforms, normals


def test_uniform_and_normal_numbers_are_those_of_numpy() -> None:
    """So many that the tail beyond 3.65, drawn with probability 0.00026, is met on either side."""
    count = 400_000
    generator = np.random.Generator(np.random.PCG64(3))
    uniforms, normals = drawn(words(generator), count)
    expected = np.empty((count, 2))
    for i in range(count):
        expected[i] = generator.random(), generator.standard_normal()
        if i % 1000 == 0:
            generator.integers(5)
    np.testing.assert_array_equal(uniforms, expected[:, 0])
    np.testing.assert_array_equal(normals, expected[:, 1])
    assert (normals > 3.66).sum() > 20
    assert (normals < -3.66).sum() > 20
