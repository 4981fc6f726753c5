"""Copies of compiled functions that check every index, to test policies and testbeds.

Compiled code does not check indices, so that a policy that writes outside of its state overwrites other memory. The
copy of a function, and of the compiled functions that it names, is compiled with Numba's `boundscheck`: an index out of
bounds raises IndexError. Functions that are called as an attribute (`module.function`) are not copied.
"""

import types
from collections.abc import Callable
from typing import Any, TypeVar

import numba
from numba.core.dispatcher import Dispatcher

Function = TypeVar("Function", bound=Callable[..., Any])


def bounds_checked(function: Any, copies: dict[Any, Any] | None = None) -> Any:
    """The function compiled again with checked indices; an object that is no compiled function is returned unchanged.

    copies: the copies made so far, by their Python function, as functions may call each other.
    """
    if not isinstance(function, Dispatcher):
        return function
    copies = {} if copies is None else copies
    plain: Any = function.py_func
    if plain not in copies:
        scope = dict(plain.__globals__)
        cells = tuple(types.CellType(cell.cell_contents) for cell in plain.__closure__ or ())
        copy = types.FunctionType(plain.__code__, scope, plain.__name__, plain.__defaults__, cells or None)
        copy.__kwdefaults__, copy.__qualname__ = plain.__kwdefaults__, plain.__qualname__
        copies[plain] = compiled_with_checks(copy)
        for name in plain.__code__.co_names:
            if name in scope:
                scope[name] = bounds_checked(scope[name], copies)
        for cell in cells:
            cell.cell_contents = bounds_checked(cell.cell_contents, copies)
    return copies[plain]


def compiled_with_checks(function: Function) -> Function:
    """`function` compiled as by `explore.numerics.compiled.compiled`, with checked indices and without a cache."""
    checked: Function = numba.njit(function, nogil=True, error_model="numpy", boundscheck=True)
    return checked
