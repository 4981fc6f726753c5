"""Threads for compiled kernels, one block of learners each, and PyTorch's own threads out of their way.

A kernel that gives up the interpreter lock runs over blocks of learners, each in a thread of a pool that all kernels
share. BLAS and PyTorch have thread pools of their own, whose threads spin for some milliseconds after each operation in
case another follows. Operations on small tensors gain nothing by them, and what runs meanwhile on the same cores loses;
so BLAS has one thread while kernels run, and `single_threaded_torch` is for loops whose heavy parts are kernels.
"""

import functools
import itertools
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar

import joblib
import scipy.linalg.cython_blas  # noqa: F401  the BLAS of Numba's products: it is loaded before its threads are limited
import torch
from threadpoolctl import ThreadpoolController

Kernel = Callable[[int, int, int], bool]

_available: ContextVar[int | None] = ContextVar("available", default=None)


def blocks(learners: int) -> list[tuple[int, int]]:
    """Learners as (start, stop) of one block per thread: as many as PyTorch may use, and this process has cores."""
    allowed = _available.get() or torch.get_num_threads()
    count = max(1, min(learners, allowed, _cores()))
    return list(itertools.pairwise(learners * part // count for part in range(count + 1)))


def run_blocks(kernel: Kernel, parts: list[tuple[int, int]]) -> bool:
    """`kernel(block, start, stop)` for every block, each in a thread of its own; whether all returned True."""
    calls = [(block, start, stop) for block, (start, stop) in enumerate(parts)]
    with _single_threaded_blas():
        if len(calls) == 1:
            return kernel(*calls[0])
        rest = [_pool(len(calls) - 1).submit(kernel, *call) for call in calls[1:]]
        done = [kernel(*calls[0])]  # this thread has a block too
        return all(done + [each.result() for each in rest])


@contextmanager
def single_threaded_torch() -> Iterator[None]:
    """One thread for PyTorch's operations and for BLAS; kernels have as many as PyTorch had before."""
    before = torch.get_num_threads()
    token = _available.set(_available.get() or before)
    torch.set_num_threads(1)
    try:
        with _single_threaded_blas():
            yield
    finally:
        torch.set_num_threads(before)
        _available.reset(token)


_blas_is_limited: ContextVar[bool] = ContextVar("blas_is_limited", default=False)


@contextmanager
def _single_threaded_blas() -> Iterator[None]:
    if _blas_is_limited.get():
        yield
        return
    token = _blas_is_limited.set(True)
    # By hand: `ThreadpoolController.limit` reads the version of every library first, which takes as long as a kernel.
    limited = [(library, library.num_threads) for library in _blas().lib_controllers]
    limited = [(library, before) for library, before in limited if before != 1]
    try:
        for library, _ in limited:
            library.set_num_threads(1)
        yield
    finally:
        for library, before in limited:
            library.set_num_threads(before)
        _blas_is_limited.reset(token)


@functools.cache
def _cores() -> int:
    return int(joblib.cpu_count())  # it reads several files


@functools.cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController().select(user_api="blas")


@functools.cache
def _pool(count: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(count, thread_name_prefix="escapade")


if hasattr(os, "register_at_fork"):  # a forked process has the pool, but none of its threads
    os.register_at_fork(after_in_child=_pool.cache_clear)
