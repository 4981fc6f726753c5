"""What the checks compare: outputs up to rounding, everything that an object holds, and the global random state."""

import random
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from bandits.trial.plugin_under_test import PluginUnderTest

CLOSE = 1e-4  # relative; networks sum in another order when learners stand in another one

Fault = str | None  # what is wrong, in words; None where nothing is
Outputs = Mapping[str, torch.Tensor]


class Refused(Exception):
    """The plugin refuses every input that it was tried with; the message says why."""


@dataclass(frozen=True)
class Rule:
    """A check: its name, its promise in one sentence, and the function that looks for a fault.

    `judge` returns the fault and a note on what was not tried. `needs` are the checks that it builds on, next to the
    first of its kind of plugin, on which all do. `only_after` are those without which it is not even tried, as it
    might do harm.
    """

    name: str
    promise: str
    judge: Callable[[PluginUnderTest], tuple[Fault, str]]
    needs: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()


def difference(one: Outputs, other: Outputs, tolerance: float = 0.0) -> Fault:
    """The first output that differs; NaN equals NaN, and the tolerance is relative to the largest of its name."""
    if one.keys() != other.keys():
        return f"{', '.join(sorted(set(one) ^ set(other)))} is given only once"
    for name, ours in one.items():
        theirs = other[name]
        if ours.shape != theirs.shape:
            return f"{name} is of shape {tuple(theirs.shape)} instead of {tuple(ours.shape)}"
        ours, theirs = ours.double(), theirs.double()
        known = ours[ours.isfinite()].abs()
        slack = tolerance * float(known.max()) if known.numel() else 0.0
        if not torch.allclose(theirs, ours, rtol=tolerance, atol=slack, equal_nan=True):
            gap = torch.where(ours.isnan() & theirs.isnan(), 0.0, (ours - theirs).abs()).nan_to_num(torch.inf)
            return f"{name} differs by {float(gap.max()):.3g}"
    return None


def global_streams() -> dict[str, Any]:
    """The global random states of torch, NumPy and the standard library."""
    states = {"torch": torch.get_rng_state(), "NumPy": np.random.get_state(), "random": random.getstate()}  # noqa: NPY002
    if torch.cuda.is_available():
        states["CUDA"] = torch.cuda.get_rng_state_all()
    return states


def set_global_streams(states: Mapping[str, Any]) -> None:
    """Set the global random states to what `global_streams` returned."""
    torch.set_rng_state(states["torch"])
    np.random.set_state(states["NumPy"])  # noqa: NPY002
    random.setstate(states["random"])
    if "CUDA" in states:
        torch.cuda.set_rng_state_all(states["CUDA"])


@contextmanager
def fixed_random_state(seed: int = 0) -> Iterator[None]:
    """Within it the global random states derive from `seed`; after it they are what they were before.

    Within it torch uses one thread as well: the tensors are small, and threads that wait for each other cost more.
    """
    before, threads = global_streams(), torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    random.seed(seed)
    # One number on, so that a plugin that sets a global seed, this very one even, is seen to change something.
    torch.rand(1), np.random.random(), random.random()  # noqa: NPY002
    try:
        yield
    finally:
        set_global_streams(before)
        torch.set_num_threads(threads)


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
    """The first place where two of `contents` differ."""
    return next((place for place in {**before, **after} if before.get(place) != after.get(place)), None)


def contents(thing: Any) -> dict[str, Any]:
    """Everything that an object holds, by where it lies, in a form that compares bit for bit.

    Tensors, arrays and random generators by their bits, plain values as they are; lists, dictionaries and the
    attributes of objects are walked through. Functions and types are what they are and left out.
    """
    leaves: dict[str, Any] = {}
    _walk(thing, "", leaves, {})
    return leaves


def _walk(thing: Any, place: str, leaves: dict[str, Any], met: dict[int, Any]) -> None:
    leaf = _leaf(thing)
    if leaf is not None:
        leaves[place] = leaf
        return
    if id(thing) in met:
        return
    met[id(thing)] = thing  # held, so that its number is not given to another
    if isinstance(thing, Mapping):
        # Keys such as an optimiser's parameters have no lasting name but their turn.
        for turn, (key, value) in enumerate(thing.items()):
            name = str(key) if isinstance(key, (str, int, float, tuple, bytes)) else f"#{turn}"
            _walk(value, f"{place}[{name}]", leaves, met)
    elif isinstance(thing, (list, tuple, deque)):
        for turn, value in enumerate(thing):
            _walk(value, f"{place}[{turn}]", leaves, met)
    elif isinstance(thing, (set, frozenset)):
        leaves[place] = sorted(map(repr, thing))
    elif hasattr(thing, "__dict__") and not isinstance(thing, type) and not callable_alone(thing):
        for name, value in vars(thing).items():
            _walk(value, f"{place}.{name}" if place else name, leaves, met)


def callable_alone(thing: Any) -> bool:
    """Whether it is a function and not an object with state; a module is both."""
    return callable(thing) and not isinstance(thing, torch.nn.Module)


def _leaf(thing: Any) -> Any:
    if isinstance(thing, torch.Tensor):
        plain = thing.detach().cpu()
        plain = plain.float() if plain.dtype == torch.bfloat16 else plain  # NumPy has none, and float32 loses nothing
        return ("tensor", str(thing.dtype), tuple(thing.shape), plain.numpy().tobytes())
    if isinstance(thing, np.ndarray):
        return ("array", str(thing.dtype), thing.shape, repr(thing) if thing.dtype == object else thing.tobytes())
    if isinstance(thing, np.random.Generator):
        return ("generator", repr(thing.bit_generator.state))
    if isinstance(thing, np.random.BitGenerator):
        return ("generator", repr(thing.state))
    if isinstance(thing, np.random.RandomState):
        return ("generator", repr(thing.get_state(legacy=False)))
    if isinstance(thing, random.Random):
        return ("generator", thing.getstate())
    if isinstance(thing, torch.Generator):
        return _leaf(thing.get_state())
    if isinstance(thing, (str, bytes, int, float, complex, np.generic)):
        return (type(thing).__name__, repr(thing))
    return None
