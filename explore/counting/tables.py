"""Exact visit counts under 64-bit keys: hash tables that grow, compiled, one call for all learners.

`CountTable` holds one table per learner and lasts; `EpisodeTable` holds one per environment slot and is emptied at the
end of that slot's episode. Both probe linearly; an entry is identified by its owner *and* its key, so learners can
share the storage without ever sharing a count.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import torch

from explore.errors import BadInput
from explore.numerics.compiled import compiled

Ints = npt.NDArray[np.int64]
START = 64  # slots of an empty table


class CountTable:
    """How often each learner has seen each key."""

    def __init__(self) -> None:
        self._keys: Ints = np.zeros(START, dtype=np.int64)
        self._owners: Ints = np.full(START, -1, dtype=np.int64)
        self._counts: Ints = np.zeros(START, dtype=np.int64)
        self._used = 0

    def add(self, keys: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Count `keys` `(learners, batch)` in order where `mask`; returns each key's count right after, float32."""
        array, flags = _rows(keys, keys.shape), _flags(mask, keys.shape)
        while 2 * (self._used + array.size) > len(self._keys):
            self._grow()
        counts, added = _add(self._keys, self._owners, self._counts, array, flags)
        self._used += added
        return torch.from_numpy(counts).to(keys.device)

    def get(self, keys: torch.Tensor) -> torch.Tensor:
        """The counts of `keys` `(learners, batch)`, float32 of that shape; 0 where a key is new."""
        array = _rows(keys, keys.shape)
        return torch.from_numpy(_get(self._keys, self._owners, self._counts, array)).to(keys.device)

    def state_dict(self) -> dict[str, torch.Tensor]:
        """The entries, to save: one tensor each of owners, keys and counts."""
        return {name: torch.from_numpy(part) for name, part in self._entries().items()}

    def load_state_dict(self, state: Mapping[str, torch.Tensor]) -> None:
        """Restore the table that `state` was taken from."""
        entries = {name: part.cpu().numpy() for name, part in state.items()}
        size = START
        while size < 4 * len(entries["keys"]):
            size *= 2
        self._fill(size, **entries)

    def _entries(self) -> dict[str, Ints]:
        full = self._owners >= 0
        return {"owners": self._owners[full], "keys": self._keys[full], "counts": self._counts[full]}

    def _grow(self) -> None:
        self._fill(2 * len(self._keys), **self._entries())

    def _fill(self, size: int, owners: Ints, keys: Ints, counts: Ints) -> None:
        self._keys = np.zeros(size, dtype=np.int64)
        self._owners = np.full(size, -1, dtype=np.int64)
        self._counts = np.zeros(size, dtype=np.int64)
        _insert(self._keys, self._owners, self._counts, owners, keys, counts)
        self._used = len(keys)


class EpisodeTable:
    """How often each environment slot has seen each key in its current episode."""

    def __init__(self, learners: int, envs: int) -> None:
        self._shape = (learners, envs)
        self._episode: Ints = np.ones(learners * envs, dtype=np.int64)
        self._used: Ints = np.zeros(learners * envs, dtype=np.int64)
        self._keys: Ints = np.zeros((learners * envs, START), dtype=np.int64)
        self._stamps: Ints = np.zeros((learners * envs, START), dtype=np.int64)
        self._counts: Ints = np.zeros((learners * envs, START), dtype=np.int64)

    def clear(self, slots: torch.Tensor) -> None:
        """Empty the tables of the marked slots, `(learners, envs)` bool."""
        marked = slots.cpu().numpy().reshape(-1)
        self._episode[marked] += 1
        self._used[marked] = 0

    def add(self, keys: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Count one key per slot, `(learners, envs)`, where `mask`; returns its count right after, float32."""
        array, flags = _rows(keys, self._shape).reshape(-1), _flags(mask, self._shape).reshape(-1)
        if 2 * (int(self._used.max()) + 1) > self._keys.shape[1]:
            self._grow()
        counts = _add_each(self._keys, self._stamps, self._counts, self._episode, self._used, array, flags)
        return torch.from_numpy(counts.reshape(self._shape)).to(keys.device)

    def get(self, keys: torch.Tensor) -> torch.Tensor:
        """The count of one key per slot, `(learners, envs)`, in the current episode, float32."""
        array = _rows(keys, self._shape).reshape(-1)
        counts = _get_each(self._keys, self._stamps, self._counts, self._episode, array)
        return torch.from_numpy(counts.reshape(self._shape)).to(keys.device)

    def state_dict(self) -> dict[str, torch.Tensor]:
        """Everything, to save."""
        names = ("_episode", "_used", "_keys", "_stamps", "_counts")
        return {name: torch.from_numpy(getattr(self, name).copy()) for name in names}

    def load_state_dict(self, state: Mapping[str, torch.Tensor]) -> None:
        """Restore the tables that `state` was taken from."""
        for name, value in state.items():
            setattr(self, name, value.cpu().numpy().copy())

    def _grow(self) -> None:
        old = (self._keys, self._stamps, self._counts)
        slots, size = self._keys.shape
        self._keys = np.zeros((slots, 2 * size), dtype=np.int64)
        self._stamps = np.zeros((slots, 2 * size), dtype=np.int64)
        self._counts = np.zeros((slots, 2 * size), dtype=np.int64)
        _move_each(*old, self._keys, self._stamps, self._counts, self._episode)


def _rows(keys: torch.Tensor, shape: tuple[int, ...]) -> Ints:
    """The keys as an array of this shape; BadInput else: compiled code would write past the tables."""
    if keys.dtype != torch.int64 or keys.shape != shape:
        raise BadInput(f"keys of shape {tuple(keys.shape)} and {keys.dtype}: {tuple(shape)} and int64 are needed.")
    return np.ascontiguousarray(keys.detach().cpu().numpy())


def _flags(mask: torch.Tensor, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """The mask as an array of this shape; BadInput else."""
    if mask.dtype != torch.bool or mask.shape != shape:
        raise BadInput(f"a mask of shape {tuple(mask.shape)} and {mask.dtype}: {tuple(shape)} and bool are needed.")
    return np.ascontiguousarray(mask.cpu().numpy())


@compiled
def _place(key: int, owner: int, size: int) -> int:
    """Where to start probing: Fibonacci hashing (Knuth, vol. 3, 6.4) of key and owner; `size` is a power of two."""
    mixed = (np.uint64(key) ^ (np.uint64(owner) * np.uint64(0xD6E8FEB86659FD93))) * np.uint64(0x9E3779B97F4A7C15)
    return np.int64((mixed >> np.uint64(32)) & np.uint64(size - 1))  # type: ignore[return-value]


@compiled
def _find(keys: Ints, owners: Ints, key: int, owner: int) -> int:
    """The entry of (owner, key), or the free place for it."""
    place = _place(key, owner, len(keys))
    while owners[place] >= 0 and not (owners[place] == owner and keys[place] == key):
        place = (place + 1) & (len(keys) - 1)
    return place


@compiled
def _add(
    keys: Ints, owners: Ints, counts: Ints, new: Ints, mask: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.float32], int]:
    after = np.zeros(new.shape, dtype=np.float32)
    added = 0
    for owner in range(new.shape[0]):
        for item in range(new.shape[1]):
            place = _find(keys, owners, new[owner, item], owner)
            if mask[owner, item]:
                if owners[place] < 0:
                    owners[place] = owner
                    keys[place] = new[owner, item]
                    added += 1
                counts[place] += 1
            after[owner, item] = counts[place]
    return after, added


@compiled
def _get(keys: Ints, owners: Ints, counts: Ints, queries: Ints) -> npt.NDArray[np.float32]:
    visits = np.zeros(queries.shape, dtype=np.float32)
    for owner in range(queries.shape[0]):
        for item in range(queries.shape[1]):
            visits[owner, item] = counts[_find(keys, owners, queries[owner, item], owner)]
    return visits


@compiled
def _insert(keys: Ints, owners: Ints, counts: Ints, new_owners: Ints, new_keys: Ints, new_counts: Ints) -> None:
    for item in range(len(new_keys)):
        place = _find(keys, owners, new_keys[item], new_owners[item])
        owners[place] = new_owners[item]
        keys[place] = new_keys[item]
        counts[place] = new_counts[item]


@compiled
def _find_current(keys: Ints, stamps: Ints, key: int, episode: int) -> int:
    """The entry of `key` in the current episode, or the free place for it; entries of past episodes are free."""
    place = _place(key, 0, len(keys))
    while stamps[place] == episode and keys[place] != key:
        place = (place + 1) & (len(keys) - 1)
    return place


@compiled
def _add_each(
    keys: Ints, stamps: Ints, counts: Ints, episode: Ints, used: Ints, new: Ints, mask: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float32]:
    after = np.zeros(len(new), dtype=np.float32)
    for slot in range(len(new)):
        place = _find_current(keys[slot], stamps[slot], new[slot], episode[slot])
        current = stamps[slot, place] == episode[slot]
        if mask[slot]:
            if not current:
                keys[slot, place] = new[slot]
                stamps[slot, place] = episode[slot]
                counts[slot, place] = 0
                used[slot] += 1
                current = True
            counts[slot, place] += 1
        after[slot] = counts[slot, place] if current else 0
    return after


@compiled
def _get_each(keys: Ints, stamps: Ints, counts: Ints, episode: Ints, queries: Ints) -> npt.NDArray[np.float32]:
    visits = np.zeros(len(queries), dtype=np.float32)
    for slot in range(len(queries)):
        place = _find_current(keys[slot], stamps[slot], queries[slot], episode[slot])
        if stamps[slot, place] == episode[slot]:
            visits[slot] = counts[slot, place]
    return visits


@compiled
def _move_each(
    keys: Ints, stamps: Ints, counts: Ints, new_keys: Ints, new_stamps: Ints, new_counts: Ints, episode: Ints
) -> None:
    for slot in range(keys.shape[0]):
        for item in range(keys.shape[1]):
            if stamps[slot, item] == episode[slot]:
                place = _find_current(new_keys[slot], new_stamps[slot], keys[slot, item], episode[slot])
                new_keys[slot, place] = keys[slot, item]
                new_stamps[slot, place] = episode[slot]
                new_counts[slot, place] = counts[slot, item]
