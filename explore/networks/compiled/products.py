"""The matrix products of a layer, compiled: by BLAS, or by loops for few rows.

forward    out = x W
backward   ∂W = xᵀ δ,  ∂x = δ Wᵀ

BLAS first copies W into another memory layout, which for few rows (one vector step) costs more than the product.
There, the rows of W are added up in loops, four at a time, and factors that are exactly zero are skipped: after a ReLU
about half of them. With 128 units and eight rows this takes less than half the time.
"""

import numpy as np

from explore.networks.compiled.layers import network_part
from explore.networks.one_hot import Floats, Ints

MAX_ROWS = 32  # the loops are faster up to this number of rows
MIN_COLUMNS = 32  # and from this number of outputs of the layer on


@network_part
def _nonzero_indices(numbers: Floats, indices: Ints) -> int:
    """Write the indices of the numbers that are not zero into `indices`; returns how many there are."""
    count = 0
    for k in range(len(numbers)):
        # Written always, and counted only where not zero: an unpredictable branch costs more than the write.
        indices[count] = k
        count += numbers[k] != np.float32(0.0)
    return count


@network_part
def _add_rows(numbers: Floats, rows: Floats, out: Floats, indices: Ints) -> None:
    """`out = Σ_k numbers[k] rows[k]`; indices: `(numbers + 1,)`, workspace."""
    out[:] = np.float32(0.0)
    count = _nonzero_indices(numbers, indices)
    even = count - count % 4
    for at in range(0, even, 4):
        i, j, k, m = indices[at], indices[at + 1], indices[at + 2], indices[at + 3]
        a, b, c, d = numbers[i], numbers[j], numbers[k], numbers[m]
        for column in range(len(out)):
            out[column] += (a * rows[i, column] + b * rows[j, column]) + (c * rows[k, column] + d * rows[m, column])
    for at in range(even, count):
        i = indices[at]
        a = numbers[i]
        for column in range(len(out)):
            out[column] += a * rows[i, column]


@network_part
def product(x: Floats, weight: Floats, out: Floats) -> None:
    """`out = x W` for x `(rows, inputs)`, weight `(inputs, outputs)`."""
    if len(x) > MAX_ROWS or weight.shape[1] < MIN_COLUMNS:
        np.dot(x, weight, out)
        return
    indices = np.empty(x.shape[1] + 1, dtype=np.int64)
    for row in range(len(x)):
        _add_rows(x[row], weight, out[row], indices)


@network_part
def weight_gradient(x: Floats, delta: Floats, out: Floats) -> None:
    """`out = xᵀ δ` for x `(rows, inputs)`, delta `(rows, outputs)`."""
    if len(x) > MAX_ROWS or delta.shape[1] < MIN_COLUMNS:
        np.dot(x.T, delta, out)
        return
    indices, column = np.empty(len(x) + 1, dtype=np.int64), np.empty(len(x), dtype=np.float32)
    for k in range(x.shape[1]):
        for row in range(len(x)):
            column[row] = x[row, k]
        _add_rows(column, delta, out[k], indices)


@network_part
def input_gradient(delta: Floats, weight: Floats, out: Floats) -> None:
    """`out = δ Wᵀ` for delta `(rows, outputs)`, weight `(inputs, outputs)`."""
    if len(delta) > MAX_ROWS or delta.shape[1] < MIN_COLUMNS:
        np.dot(delta, weight.T, out)
        return
    for k in range(len(weight)):
        of_input = weight[k]
        for row in range(len(delta)):
            total = np.float32(0.0)
            for j in range(len(of_input)):
                total += of_input[j] * delta[row, j]
            out[row, k] = total
