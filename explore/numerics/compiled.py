"""Compilation by Numba that preserves a function's type; every compiled function of the library goes through here.

`numba.njit` is untyped, which would turn every kernel into `Any` for the type checker; `compiled` returns the
type that it takes. Compiled code is cached on disk between runs (next to the source, or in the user's cache folder
where the source is read-only). Where neither can be written to, functions are compiled in each process, with one
warning that names the environment variable NUMBA_CACHE_DIR.

Numba's key of that cache has the function's name and file, and does not see that a part which it calls from another
file has changed. So the name of a cached function carries a hash of the sources of all that it can call.
"""

import functools
import hashlib
import inspect
import sys
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

import numba
from numba.core import cgutils
from numba.core.caching import FunctionCache
from numba.core.dispatcher import Dispatcher
from numba.extending import intrinsic, overload

Function = TypeVar("Function", bound=Callable[..., Any])
Array = TypeVar("Array")


def compiled(function: Function, *, parallel: bool = False, cache: bool = True) -> Function:
    """Compile `function` with Numba in nopython mode, without the interpreter lock, cached on disk."""
    if cache:
        function.__qualname__ = f"{function.__qualname__}_{_fingerprint(function)}"
    return _njit(function, parallel=parallel, cache=cache)


def kernel_part(function: Function) -> Function:
    """Compile `function` as a part of kernels that call it; it is inlined into them.

    It is not cached by itself: the kernels are, with their parts in them, and a part that came from its own cache
    would not notice that a function it calls has changed.
    """
    return _njit(function, cache=False, forceinline=True)


def has_source(function: Callable[..., Any]) -> bool:
    """Whether the function lies in a module whose source decides what it does (not in a shell, not a closure)."""
    plain: Any = getattr(function, "py_func", function)
    if plain.__closure__ or plain.__module__ == "__main__":
        return False
    try:
        _source(plain.__module__)
    except (KeyError, OSError, TypeError):
        return False
    return True


def code_is_kept() -> bool:
    """Whether compiled code is cached on disk, so that what one process compiles serves the next."""
    find_folder: Callable[..., object] = FunctionCache  # has no types
    try:
        find_folder(borrowed)
    except RuntimeError:
        return False
    return True


def _fingerprint(function: Callable[..., Any]) -> str:
    """A hash of the sources that the function is made of: its module's, and those of the parts that it can call."""
    modules: set[str] = set()
    for part in (function, borrowed):
        _add_modules(part, modules)
    digest = hashlib.blake2b(numba.__version__.encode(), digest_size=8)
    for module in sorted(modules):
        digest.update(_source(module))
    return digest.hexdigest()


def _add_modules(plain: Any, modules: set[str]) -> None:
    """Add the module of each compiled function that this one can call, directly or not, and its own."""
    if has_source(plain):
        modules.add(plain.__module__)
    for value in plain.__globals__.values():
        if isinstance(value, Dispatcher) and value.py_func.__module__ not in modules and has_source(value):
            _add_modules(value.py_func, modules)


@functools.cache
def _source(module: str) -> bytes:
    return inspect.getsource(sys.modules[module]).encode()


def _njit(function: Function, *, cache: bool, **options: Any) -> Function:
    compiler: Any = functools.partial(numba.njit, nogil=True, error_model="numpy", **options)
    result: Function
    try:
        result = compiler(function, cache=cache)
    except RuntimeError:
        if not cache:
            raise
        # Numba has no exception of its own for "no locator available": the source and the home are read-only.
        result = compiler(function, cache=False)
        _warn_once()
    return result


@functools.cache
def _warn_once() -> None:
    warnings.warn(
        "compiled code cannot be kept, as neither the installation nor the home folder can be written to, and is "
        "compiled anew in each process: set the environment variable NUMBA_CACHE_DIR to a folder that can.",
        RuntimeWarning,
        stacklevel=2,
    )


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
