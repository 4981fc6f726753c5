"""Distinct rows of codes: NumPy's, in the order in which they come first."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from explore.networks.compiled.unique import multipliers, unique_rows


def distinct(codes: np.ndarray, length: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """The distinct rows, and which of them each row is."""
    unique, places = np.empty_like(codes), np.empty(len(codes), dtype=np.int64)
    count = unique_rows(codes, multipliers(codes.shape[1]), unique, places, np.empty(length, dtype=np.int64))
    return unique[:count], places


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 60), st.integers(1, 5), st.integers(1, 4), st.integers(0, 2**31))
def test_rows_are_put_together_exactly_where_they_are_equal(rows, width, categories, seed) -> None:
    codes = np.random.default_rng(seed).integers(categories, size=(rows, width)).astype(np.uint8)
    unique, places = distinct(codes)
    assert (unique[places] == codes).all()
    assert len(unique) == len({row.tobytes() for row in codes})
    first = [places.tolist().index(place) for place in range(len(unique))]
    assert first == sorted(first)


def test_rows_with_one_hash_stay_apart() -> None:
    """The hash sees the lower 32 bits of a code."""
    codes = np.array([[0, 1], [2**32, 1], [0, 1], [2**33, 1]], dtype=np.int64)
    unique, places = distinct(codes, length=8)
    assert unique.tolist() == [[0, 1], [2**32, 1], [2**33, 1]]
    assert places.tolist() == [0, 1, 0, 2]
