"""Invalid input: an exception whose message is a sentence for the user."""

import difflib
from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any


class BadInput(ValueError):
    """Something the user gave is wrong; the message names it and says what would be right."""


def checked_count(name: str, value: Any, least: int = 1) -> int:
    """`value` as a Python integer; BadInput where it is no whole number, or below `least`."""
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise BadInput(f"{name} is {value!r}: it must be a whole number.")
    if int(value) < least:
        raise BadInput(f"{name} is {value}: at least {least} is needed.")
    return int(value)


def checked_share(name: str, value: Any) -> float:
    """`value` as a float from 0 to 1; BadInput for anything else."""
    if not isinstance(value, Real) or isinstance(value, bool) or not 0 <= float(value) <= 1:
        raise BadInput(f"{name} is {value!r}: it must be a number from 0 to 1.")
    return float(value)


def unknown(kind: str, name: str, known: Iterable[str], owner: str = "") -> BadInput:
    """The error for a `name` that is not among the `known` names of this `kind`, with the nearest known one.

    owner: whose names they are, such as "the bonus 'rnd'" for the names of its settings.
    """
    wrong = f"unknown {kind} '{name}'" + (f" of {owner}" if owner else "")
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return BadInput(f"{wrong}: did you mean '{near[0]}'?")
    listed = ", ".join(names) if len(names) <= 12 else ", ".join(names[:12]) + ", …"
    return BadInput(f"{wrong}: known are {listed or 'none'}.")
