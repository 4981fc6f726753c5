"""Devices: what is none, or is not there, is named; what is there is taken."""

import pytest
import torch

from explore.errors import BadInput
from explore.numerics.device import checked_device


def test_the_cpu_is_there() -> None:
    assert checked_device("cpu") == checked_device(torch.device("cpu")) == torch.device("cpu")


@pytest.mark.parametrize("device", [None, 0, True, ["cpu"]])
def test_another_type_is_named(device: object) -> None:
    with pytest.raises(BadInput, match="give 'cpu', 'cuda' or 'cuda:0'"):
        checked_device(device)


@pytest.mark.parametrize("device", ["", "gpu", "cuda:x", "cuda:-1", "mps"])
def test_an_unknown_one_is_named(device: str) -> None:
    with pytest.raises(BadInput, match=f"unknown --device '{device}'"):
        checked_device(device, "--device")


def test_cuda_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(BadInput, match="device cuda:1: PyTorch finds no CUDA device here; use cpu"):
        checked_device("cuda:1")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    assert checked_device("cuda:0") == torch.device("cuda:0")
    with pytest.raises(BadInput, match="finds 1 CUDA devices, counted from 0"):
        checked_device("cuda:1")
