"""The device that tensors lie on, checked before anything is built on it."""

from typing import Any

import torch

from explore.errors import BadInput, unknown


def checked_device(device: Any, name: str = "device") -> torch.device:
    """ "cpu", "cuda" or "cuda:1", or a `torch.device`; BadInput for what is none, or is not there."""
    if not isinstance(device, (str, torch.device)):
        raise BadInput(f"{name} {device!r}: give 'cpu', 'cuda' or 'cuda:0'.")
    kind, _, index = str(device).partition(":")
    if kind not in ("cpu", "cuda") or (index and not index.isdecimal()):
        raise unknown(name, str(device), ["cpu", "cuda"])
    if kind == "cuda" and not torch.cuda.is_available():
        raise BadInput(f"{name} {device}: PyTorch finds no CUDA device here; use cpu.")
    if kind == "cuda" and index and int(index) >= torch.cuda.device_count():
        raise BadInput(f"{name} {device}: PyTorch finds {torch.cuda.device_count()} CUDA devices, counted from 0.")
    return torch.device(device)
