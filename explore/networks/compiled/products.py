"""The products of a layer, compiled: by BLAS, and by plain loops for a few rows.

forward    out = x W
backward   ∂W = xᵀ δ,  ∂x = δ Wᵀ

BLAS first copies W into an order of its own, which for a handful of rows (one vector step) costs more than the product.
There, rows of W are added up as they lie, four at a time, and numbers that are exactly zero are passed over: after a
ReLU that is every second one. With 128 units and eight rows this takes less than half the time.
"""

import numpy as np

from explore.networks.compiled.layers import network_part
from explore.networks.one_hot import Floats, Ints

FEW = 32  # rows, up to which the loops are faster
WIDE = 32  # columns, from which on they are


@network_part
def _others_than_zero(numbers: Floats, places: Ints) -> int:
    """The places of numbers other than zero into `places`; returns how many there are."""
    count = 0
    for k in range(len(numbers)):
        # Written always and kept by a sum: a branch that cannot be predicted costs more than the write.
        places[count] = k
        count += numbers[k] != np.float32(0.0)
    return count


@network_part
def _add_rows(numbers: Floats, rows: Floats, out: Floats, places: Ints) -> None:
    """`out = Σ_k numbers[k] rows[k]`; places: `(numbers + 1,)`, workspace."""
    out[:] = np.float32(0.0)
    count = _others_than_zero(numbers, places)
    even = count - count % 4
    for at in range(0, even, 4):
        i, j, k, m = places[at], places[at + 1], places[at + 2], places[at + 3]
        a, b, c, d = numbers[i], numbers[j], numbers[k], numbers[m]
        for column in range(len(out)):
            out[column] += (a * rows[i, column] + b * rows[j, column]) + (c * rows[k, column] + d * rows[m, column])
    for at in range(even, count):
        i = places[at]
        a = numbers[i]
        for column in range(len(out)):
            out[column] += a * rows[i, column]


@network_part
def product(x: Floats, weight: Floats, out: Floats) -> None:
    """`out = x W` for x `(rows, inputs)`, weight `(inputs, outputs)`."""
    if len(x) > FEW or weight.shape[1] < WIDE:
        np.dot(x, weight, out)
        return
    places = np.empty(x.shape[1] + 1, dtype=np.int64)
    for row in range(len(x)):
        _add_rows(x[row], weight, out[row], places)


@network_part
def weight_gradient(x: Floats, delta: Floats, out: Floats) -> None:
    """`out = xᵀ δ` for x `(rows, inputs)`, delta `(rows, outputs)`."""
    if len(x) > FEW or delta.shape[1] < WIDE:
        np.dot(x.T, delta, out)
        return
    places, column = np.empty(len(x) + 1, dtype=np.int64), np.empty(len(x), dtype=np.float32)
    for k in range(x.shape[1]):
        for row in range(len(x)):
            column[row] = x[row, k]
        _add_rows(column, delta, out[k], places)


@network_part
def input_gradient(delta: Floats, weight: Floats, out: Floats) -> None:
    """`out = δ Wᵀ` for delta `(rows, outputs)`, weight `(inputs, outputs)`."""
    if len(delta) > FEW or delta.shape[1] < WIDE:
        np.dot(delta, weight.T, out)
        return
    for k in range(len(weight)):
        of_input = weight[k]
        for row in range(len(delta)):
            total = np.float32(0.0)
            for j in range(len(of_input)):
                total += of_input[j] * delta[row, j]
            out[row, k] = total
