"""Kernels specialised for the functions of a testbed and a policy.

A kernel is a Python function that calls functions by global names such as `select`, which its module binds to
`placeholder`. `specialise` makes a copy of it in which these names are the given functions. If all of them are
compiled, it compiles the copy and inlines them. Compiled code is cached on disk by the name of the function, so the
name of the copy contains a hash of the functions' names.
"""

import functools
import hashlib
import types
from collections.abc import Callable
from numbers import Integral
from typing import Any

import numpy as np
from numba.core.dispatcher import Dispatcher

from bandits.simulator.bounds_checking import bounds_checked, compiled_with_checks
from explore.numerics.compiled import compiled, has_source, kernel_part

Named = tuple[str, Callable[..., Any]]


class NotAnArm(TypeError):
    """A policy in plain Python did not return a whole number; the arguments are the step and the returned object."""


def placeholder(*arguments: Any) -> Any:
    """The value of a kernel's global names, which `specialise` replaces by functions."""
    raise NotImplementedError("only a copy of the kernel that `specialise` makes can be called")


def specialise(
    kernel: Callable[..., None], functions: dict[str, Callable[..., Any]], *, check_bounds: bool = False
) -> Callable[..., None]:
    """A copy of `kernel`, such as `play`, with these functions for its global names, compiled if all of them are.

    check_bounds: every index of the compiled kernel and functions is checked: IndexError for one out of bounds.
    """
    return _specialised(kernel, tuple(sorted(functions.items())), check_bounds)


@functools.cache
def _specialised(
    kernel: Callable[..., None], functions: tuple[Named, ...], check_bounds: bool = False
) -> Callable[..., None]:
    """`specialise`, cached: one kernel per combination of functions and process."""
    compilable = all(isinstance(function, Dispatcher) for _, function in functions)
    if not compilable:
        parts = {**dict(functions), "as_arm": checked_arm}
    elif check_bounds:
        parts = {name: bounds_checked(function) for name, function in functions}
    else:
        parts = {name: _inlined(function) for name, function in functions}
    name = "play_" + _names(kernel, [function for _, function in functions])
    copy = types.FunctionType(kernel.__code__, {**kernel.__globals__, **parts}, name)
    copy.__qualname__ = name
    copy.__module__ = kernel.__module__
    if not compilable:
        return np.errstate(over="ignore")(copy)  # NumPy's integers wrap around as the compiled ones do, but warn
    if check_bounds:
        return compiled_with_checks(copy)
    return compiled(copy, cache=all(has_source(function) for _, function in functions))


@functools.cache
def _inlined(function: Any) -> Any:
    """The function compiled for inlining (`kernel_part`), also where its author compiled it by `numba.njit`."""
    return function if function.targetoptions.get("forceinline") else kernel_part(function.py_func)


def _names(kernel: Callable[..., None], functions: list[Callable[..., Any]]) -> str:
    """A hash of the functions' names; `compiled` adds a hash of their source."""
    digest = hashlib.blake2b(digest_size=8)
    for function in (kernel, *functions):
        plain = getattr(function, "py_func", function)
        digest.update(f"{plain.__module__}.{plain.__qualname__}.".encode())
        if not has_source(function):
            digest.update(repr(id(function)).encode())
    return digest.hexdigest()


def checked_arm(choice: Any, step: int) -> int:
    """The arm as an int; NotAnArm where `select`, in plain Python, did not return a whole number."""
    if not isinstance(choice, Integral):
        raise NotAnArm(step, choice)
    return int(choice)
