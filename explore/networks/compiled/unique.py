"""The distinct rows among rows of codes: what many rows share is computed once.

In replay of a maze half of all s and s′ are equal to another one: a step against a wall leads from s to s, and the
first rooms are seen again and again. A row is looked up by the hash Σ_column (code + 1) · r_column, with odd r of a
linear congruence, and then compared whole.
"""

import numpy as np
import numpy.typing as npt

from explore.networks.compiled.layers import network_part
from explore.networks.one_hot import Codes, Ints


@network_part
def multipliers(width: int) -> npt.NDArray[np.uint32]:
    """The r of each column."""
    each = np.empty(width, dtype=np.uint32)
    number = np.uint32(0x9E3779B9)
    for column in range(width):
        number = np.uint32(number * np.uint32(1664525) + np.uint32(1013904223))
        each[column] = number | np.uint32(1)
    return each


@network_part
def _equal(one: Codes, other: Codes) -> bool:
    different = 0
    for column in range(len(one)):
        different += one[column] != other[column]
    return different == 0


@network_part
def unique_rows(codes: Codes, each: npt.NDArray[np.uint32], unique: Codes, places: Ints, table: Ints) -> int:
    """The distinct rows of codes `(rows, width)`, in the order in which they come first; returns how many there are.

    unique: `(rows, width)` gets them. places: `(rows,)` gets the distinct row that each row is. table: workspace, of a
    length that is a power of two and more than the rows.
    """
    table[:] = -1
    count = 0
    for row in range(len(codes)):
        hashed = np.uint32(0)
        for column in range(codes.shape[1]):
            hashed += (np.uint32(codes[row, column]) + np.uint32(1)) * each[column]
        at = np.int64(hashed ^ (hashed >> np.uint32(15))) & (len(table) - 1)
        while table[at] >= 0 and not _equal(unique[table[at]], codes[row]):
            at = (at + 1) & (len(table) - 1)
        if table[at] < 0:
            table[at] = count
            unique[count] = codes[row]
            count += 1
        places[row] = table[at]
    return count
