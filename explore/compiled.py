"""The one door to Numba: compile a function and keep its type.

`numba.njit` is untyped, which would turn every kernel into `Any` for the type checker; `compiled` gives back the
type that went in. Compiled code is cached on disk between runs (next to the source, or in the user's cache folder
where the source is read-only).
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numba
from numba.core import cgutils
from numba.extending import intrinsic, overload

Function = TypeVar("Function", bound=Callable[..., Any])
Array = TypeVar("Array")


def compiled(function: Function, *, parallel: bool = False, cache: bool = True) -> Function:
    """Compile `function` with Numba in nopython mode, without the interpreter lock, cached on disk."""
    return _njit(function, parallel=parallel, cache=cache)


def kernel_part(function: Function) -> Function:
    """Compile `function` as a part of kernels that call it; it is spliced into them.

    It is not cached by itself: the kernels are, with their parts in them, and a part that came from its own cache
    would not notice that a function it calls has changed.
    """
    return _njit(function, cache=False, forceinline=True)


def _njit(function: Function, **options: Any) -> Function:
    result: Function = numba.njit(function, nogil=True, error_model="numpy", **options)
    return result


def borrowed(array: Array) -> Array:
    """The same array, of which compiled code does not count the references.

    A view of an array counts a reference, atomically, and that costs more than a step of a bandit. In a kernel whose
    arrays are arguments the caller keeps them alive, and nothing has to be counted. Never for an array that the kernel
    itself made: it would be freed after its last use by name.
    """
    return array


@overload(borrowed, inline="always")
def _borrowed(array: Any) -> Any:
    def uncounted(array: Any) -> Any:
        return _uncounted(array)

    return uncounted


def _intrinsic(typing: Any, array: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(array)(context, builder, arguments[0])
        null: Any = cgutils.get_null_value
        view.meminfo, view.parent = null(view.meminfo.type), null(view.parent.type)
        return view._getvalue()

    return array(array), generate


_uncounted: Any = intrinsic(_intrinsic)
