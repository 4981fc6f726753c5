"""The one door to Numba: compile a function and keep its type.

`numba.njit` is untyped, which would turn every kernel into `Any` for the type checker; `compiled` gives back the
type that went in. Compiled code is cached on disk between runs (next to the source, or in the user's cache folder
where the source is read-only).
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(
    function: Function, *, parallel: bool = False, inline: bool = False, fastmath: bool = False, cache: bool = True
) -> Function:
    """Compile `function` with Numba in nopython mode, without the interpreter lock, cached on disk.

    `inline` splices the function into compiled callers before optimisation; `fastmath` allows the compiler to
    reorder floating-point sums: not for code whose result must be the same to the last bit on any machine.
    """
    result: Function = numba.njit(
        function,
        parallel=parallel,
        inline="always" if inline else "never",
        fastmath=fastmath,
        nogil=True,
        cache=cache,
        error_model="numpy",
    )
    return result


def kernel_part(function: Function) -> Function:
    """Compile `function` as a part of kernels that call it.

    It is not cached by itself: the kernels are, with their parts in them, and a part that came from its own cache
    would not notice that a function it calls has changed.
    """
    return compiled(function, cache=False)
