"""The distinct rows among rows of codes, so that a network is computed once for equal rows.

In replay of a maze half of all s and s′ are equal to another one: a step against a wall leads from s to s, and the
first rooms are observed often. Rows are looked up in a hash table by Σ_column (code + 1) · r_column, with odd factors r
from a linear congruential generator, and then compared code by code.
"""

import numpy as np
import numpy.typing as npt

from explore.networks.compiled.layers import network_part
from explore.networks.one_hot import Codes, Ints


@network_part
def multipliers(width: int) -> npt.NDArray[np.uint32]:
    """The factor r of each column, `(width,)`."""
    factors = np.empty(width, dtype=np.uint32)
    number = np.uint32(0x9E3779B9)
    for column in range(width):
        number = np.uint32(number * np.uint32(1664525) + np.uint32(1013904223))
        factors[column] = number | np.uint32(1)
    return factors


@network_part
def _equal(one: Codes, other: Codes) -> bool:
    different = 0
    for column in range(len(one)):
        different += one[column] != other[column]
    return different == 0


@network_part
def unique_rows(codes: Codes, factors: npt.NDArray[np.uint32], unique: Codes, unique_index: Ints, table: Ints) -> int:
    """Find the distinct rows of codes `(rows, width)`, in the order of their first occurrence; returns their number.

    factors: `multipliers(width)`. unique: `(rows, width)`, receives the distinct rows. unique_index: `(rows,)`,
    receives the index of each row in `unique`. table: workspace, the hash table; its length is a power of two and
    larger than the number of rows.
    """
    table[:] = -1
    count = 0
    for row in range(len(codes)):
        hashed = np.uint32(0)
        for column in range(codes.shape[1]):
            hashed += (np.uint32(codes[row, column]) + np.uint32(1)) * factors[column]
        at = np.int64(hashed ^ (hashed >> np.uint32(15))) & (len(table) - 1)
        while table[at] >= 0 and not _equal(unique[table[at]], codes[row]):
            at = (at + 1) & (len(table) - 1)
        if table[at] < 0:
            table[at] = count
            unique[count] = codes[row]
            count += 1
        unique_index[row] = table[at]
    return count
