"""64-bit keys of encoded rows and actions, under which visits are counted."""

import numpy as np
import numpy.typing as npt
import torch

from explore.numerics.compiled import compiled
from explore.numerics.hashing import GAMMA, absorb


def row_keys(rows: torch.Tensor) -> torch.Tensor:
    """64-bit keys of rows, `(…, width)` to `(…)` int64 on the same device: equal rows have equal keys.

    Two different rows share a key with probability 2⁻⁶⁴ (`explore.numerics.hashing`, over 8-byte words).
    """
    array = rows.detach().cpu().contiguous().numpy()
    if array.dtype.kind == "f":
        array = array + 0.0  # −0.0 equals 0.0, so it must have the same bits
    flat = array.reshape(-1, array.shape[-1])
    size = flat.shape[1] * flat.itemsize
    if size % 8:
        padded = np.zeros((len(flat), size + -size % 8), dtype=np.uint8)
        padded[:, :size] = flat.view(np.uint8)
        flat = padded
    # On the device of the rows: what is counted under the keys is multiplied with what lies there.
    return torch.from_numpy(_hash(flat.view(np.uint64)).view(np.int64).reshape(array.shape[:-1])).to(rows.device)


def with_action(keys: torch.Tensor, actions: torch.Tensor) -> torch.Tensor:
    """Keys of (key, action) pairs: keys `(learners, batch)` int64, actions of that shape or with a last axis more."""
    actions = actions.to(keys.device)
    if actions.dtype != torch.int64 or actions.dim() > keys.dim():
        actions = row_keys(actions.reshape(*keys.shape, -1))  # stacked, floats would round the keys to floats
    return row_keys(torch.stack([keys, actions], dim=-1))


@compiled
def _hash(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The hash of each row of words, `(rows, words)` to `(rows,)`."""
    keys = np.empty(words.shape[0], dtype=np.uint64)
    for row in range(words.shape[0]):
        key = GAMMA
        for word in words[row]:
            key = absorb(key, word)
        keys[row] = key
    return keys
