"""Where every random number of the library comes from; none comes from global state. Needs NumPy alone.

A stream is derived from a seed and a path of names and numbers, `stream(seed, "replay", learner)`, by NumPy's
`SeedSequence` (O'Neill's mixing; Salmon et al. 2011 for the idea of keyed streams). Streams with different paths are
independent: what is added or left out elsewhere moves no number here. `explore.numerics.streams` makes tensors of them.
"""

import zlib

import numpy as np


def stream(seed: int, *path: str | int) -> np.random.Generator:
    """The generator for `seed` and `path`; equal arguments give equal generators."""
    key = tuple(zlib.crc32(part.encode()) if isinstance(part, str) else int(part) for part in path)
    return np.random.default_rng(np.random.SeedSequence(int(seed), spawn_key=key))
