"""Products of a layer by loops and by BLAS: what they are in double precision, on either side of the threshold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explore.networks.compiled.products import MAX_ROWS, MIN_COLUMNS, input_gradient, product, weight_gradient

sizes = st.tuples(
    st.sampled_from([1, 2, 7, MAX_ROWS, MAX_ROWS + 1]),
    st.integers(1, 40),
    st.sampled_from([1, 7, MIN_COLUMNS, MIN_COLUMNS + 9]),
    st.integers(),
)


def numbers(random, *shape) -> np.ndarray:
    """As they come after a ReLU: every second one is zero."""
    return np.maximum(random.normal(size=shape), 0).astype(np.float32)


@settings(max_examples=60, deadline=None)
@given(sizes)
def test_each_product_is_that_of_double_precision(size) -> None:
    rows, inputs, outputs, seed = size
    random = np.random.default_rng(abs(seed))
    x, delta = numbers(random, rows, inputs), numbers(random, rows, outputs)
    weight = random.normal(size=(inputs, outputs)).astype(np.float32)
    for calculate, one, other, expected in (
        (product, x, weight, x.astype(float) @ weight),
        (weight_gradient, x, delta, x.astype(float).T @ delta),
        (input_gradient, delta, weight, delta.astype(float) @ weight.T),
    ):
        out = np.full(expected.shape, np.nan, dtype=np.float32)
        calculate(one, other, out)
        np.testing.assert_allclose(out, expected, rtol=1e-5, atol=1e-5 * np.sqrt(inputs + outputs))


@pytest.mark.parametrize("rows", [1, MAX_ROWS, MAX_ROWS + 1])
def test_what_is_not_finite_is_not_passed_over(rows) -> None:
    x = np.zeros((rows, 3), dtype=np.float32)
    x[0, 1] = np.nan
    out = np.empty((rows, MIN_COLUMNS), dtype=np.float32)
    product(x, np.ones((3, MIN_COLUMNS), dtype=np.float32), out)
    assert np.isnan(out[0]).all()
    assert (out[1:] == 0).all()
