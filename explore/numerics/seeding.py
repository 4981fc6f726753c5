"""Where every random number of the library comes from; none comes from global state. Needs NumPy alone.

A stream is derived from a seed and a path of names and numbers, `stream(seed, "replay", learner)`, by NumPy's
`SeedSequence` (O'Neill's mixing; Salmon et al. 2011 for the idea of keyed streams). Streams with different paths are
independent: what is added or left out elsewhere moves no number here. `explore.numerics.streams` makes tensors of them.
"""

import zlib
from numbers import Integral
from typing import Any

import numpy as np

from explore.errors import BadInput, checked_count

LARGEST_SEED = 2**63 - 1  # what a signed 64-bit integer holds: compiled code and the run store keep seeds as one


def checked_seed(seed: Any, name: str = "seed") -> int:
    """`seed` as a Python integer; BadInput where it is not a whole number from 0 to 2⁶³ − 1, or is True or False.

    name: what the message calls it.
    """
    if isinstance(seed, bool) or not isinstance(seed, Integral) or not 0 <= int(seed) <= LARGEST_SEED:
        raise BadInput(f"{name} {seed!r}: a seed is a whole number from 0 to 2^63 - 1.")
    return int(seed)


def learner_names(learners: Any) -> list[int]:
    """The names of learners: 0, 1, … where `learners` says how many, or as they are.

    BadInput where there is none, two have the same, or one is no whole number from 0.
    """
    if isinstance(learners, Integral | float | str | None):
        return list(range(checked_count("learners", learners)))
    names = [_index(learner) for learner in learners]
    if not names or len(set(names)) < len(names):
        raise BadInput(f"learners need different names, and there must be one: got {names}.")
    return names


def stream(seed: int, *path: str | int) -> np.random.Generator:
    """The generator for `seed` and `path`; equal arguments give equal generators.

    BadInput for a seed that `checked_seed` refuses, and for a part of the path that is neither a name nor a whole
    number from 0.
    """
    key = tuple(zlib.crc32(part.encode()) if isinstance(part, str) else _index(part) for part in path)
    return np.random.default_rng(np.random.SeedSequence(checked_seed(seed), spawn_key=key))


def _index(part: Any) -> int:
    if not isinstance(part, Integral) or isinstance(part, bool) or part < 0:
        raise BadInput(f"the learner {part!r}: a learner's name is a whole number from 0.")
    return int(part)
