"""Kernels in threads: every learner once, and PyTorch's threads as they were afterwards."""

import threading

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_info

from explore.numerics.threads import blocks, run_blocks, single_threaded_torch


@pytest.fixture
def cores(monkeypatch):
    """`cores(n)`: this process has n cores, and PyTorch may use all of them."""

    def set_to(count: int) -> None:
        monkeypatch.setattr("explore.numerics.threads._cores", lambda: count)
        monkeypatch.setattr("torch.get_num_threads", lambda: count)

    return set_to


def blas_threads() -> list[int]:
    return [each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"]


@pytest.mark.parametrize(("learners", "threads", "count"), [(5, 1, 1), (5, 2, 2), (7, 3, 3), (2, 8, 2), (1, 4, 1)])
def test_blocks_hold_every_learner_once_and_differ_by_one_at_most(cores, learners, threads, count) -> None:
    cores(threads)
    parts = blocks(learners)
    assert [learner for start, stop in parts for learner in range(start, stop)] == list(range(learners))
    sizes = [stop - start for start, stop in parts]
    assert len(parts) == count
    assert max(sizes) - min(sizes) <= 1


def test_blocks_run_side_by_side_and_report_whether_all_succeeded(cores) -> None:
    cores(3)
    together = threading.Barrier(3, timeout=20)  # each waits for the others
    visited = np.zeros(7, dtype=int)

    def kernel(block: int, start: int, stop: int) -> bool:
        together.wait()
        visited[start:stop] += 1
        return block != 1

    assert not run_blocks(kernel, blocks(7))
    assert run_blocks(lambda block, start, stop: True, blocks(7))
    assert visited.tolist() == [1] * 7


def test_an_error_in_any_block_reaches_the_caller(cores) -> None:
    cores(2)

    def kernel(block: int, start: int, stop: int) -> bool:
        if block == 1:
            raise ValueError("in the second block")
        return True

    with pytest.raises(ValueError, match="in the second block"):
        run_blocks(kernel, blocks(2))


def test_blas_has_one_thread_while_kernels_run() -> None:
    before = blas_threads()
    during: list[list[int]] = []
    run_blocks(lambda block, start, stop: during.append(blas_threads()) is None, [(0, 1)])
    assert during == [[1] * len(before)]
    assert blas_threads() == before


def test_pytorch_has_one_thread_inside_and_what_it_had_after_also_after_an_error() -> None:
    before, blas = torch.get_num_threads(), blas_threads()
    try:
        torch.set_num_threads(2)
        inside: list[int] = []

        def work() -> None:
            with single_threaded_torch():
                inside.append(torch.get_num_threads())
                with single_threaded_torch():  # again, as by a callback
                    inside.append(torch.get_num_threads())
                inside.append(torch.get_num_threads())
                raise KeyError

        with pytest.raises(KeyError):
            work()
        assert inside == [1, 1, 1]
        assert torch.get_num_threads() == 2
        assert blas_threads() == blas
    finally:
        torch.set_num_threads(before)


def test_kernels_keep_the_threads_that_pytorch_gives_up(monkeypatch) -> None:
    monkeypatch.setattr("explore.numerics.threads._cores", lambda: 4)
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        with single_threaded_torch(), single_threaded_torch():
            assert len(blocks(8)) == 2
        torch.set_num_threads(1)
        assert len(blocks(8)) == 1
    finally:
        torch.set_num_threads(before)
