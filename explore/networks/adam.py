"""Adam for the parameters of many learners (Kingma & Ba 2015), compiled where they are in float32 on the CPU.

`torch.optim.Adam` in settings, formula and state. Of a first weight whose input is codes only the rows that ever had a
gradient are visited: the others have zero moments, and Adam leaves them where they are. On DoorKey-8x8 that is a third.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from explore.networks.compiled.adam import adam_rows, adam_settings
from explore.networks.compiled.layers import Flags
from explore.networks.compiled.mlp import arrays_of
from explore.networks.compiled.training import TrainingState
from explore.networks.one_hot import Floats
from explore.networks.stacked import StackedInput, StackedMLP
from explore.numerics.threads import blocks, run_blocks


class StackedAdam(torch.optim.Adam):
    """Adam for what is trained in `module`; compiled: use the compiled step where it can be."""

    def __init__(self, module: torch.nn.Module, *, lr: float, eps: float = 1e-8, compiled: bool = True) -> None:
        trained = [parameter for parameter in module.parameters() if parameter.requires_grad]
        super().__init__(trained, lr=lr, eps=eps, fused=True)
        self.compiled = compiled
        self._row_gradients = {
            part.weight: part.row_gradient for part in module.modules() if isinstance(part, StackedInput)
        }
        self._arrays: dict[torch.Tensor, tuple[list[int], tuple[Floats, Floats, Floats], Flags]] = {}
        self._trained: dict[StackedMLP, tuple[list[int], TrainingState]] = {}

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """One step from the gradients that the parameters have."""
        trained = [p for group in self.param_groups for p in group["params"] if p.grad is not None]
        here = all(p.device.type == "cpu" and p.dtype == p.grad.dtype == torch.float32 for p in trained)
        if not (self.compiled and here and closure is None and trained):
            loss: float | None = super().step(closure)
            return loss
        rule = adam_settings(self)
        work = []
        for parameter in trained:
            weight, first, second, marks = self._arrays_of(parameter)
            gradient = parameter.grad.contiguous().numpy().reshape(weight.shape)
            times = self.state[parameter]["step"]
            times += 1
            rows = self._row_gradients.get(parameter)
            if rows is not None:
                if not rows.owns(parameter.grad):
                    rows.resize(parameter)
                    rows.marks[:] = True  # a gradient that PyTorch made, which may be anywhere
                by_row = (-1, weight.shape[1] // rows.marks.shape[1])
                weight, first, second = (part.reshape(by_row) for part in (weight, first, second))
                gradient, marks = gradient.reshape(by_row), rows.marks.reshape(-1)
            work.append((weight, gradient, first, second, marks, rule, int(times)))
        parts = blocks(max(len(each[0]) for each in work))

        def kernel(block: int, start: int, stop: int) -> bool:
            for each in work:
                rows = len(each[0])
                adam_rows(*each, rows * block // len(parts), rows * (block + 1) // len(parts))
            return True

        run_blocks(kernel, parts)
        return None

    def trained(self, network: StackedMLP, steps: int = 1) -> tuple[TrainingState, int]:
        """A `compilable` network, for compiled code that is about to make `steps` steps.

        Returns the number of the first of them too, from 1.
        """
        parts = network.parts
        parameters = [each for part in parts for each in part if each is not None]
        if any(parameter not in self.state for parameter in parameters):
            for parameter in parameters:
                self._arrays_of(parameter)
        states = [self.state[parameter] for parameter in parameters]
        rows = network.trained_first
        if rows is not None:
            rows.resize(parts[0].weight)
        where = [each.data_ptr() for each in parameters]
        where += [state[name].data_ptr() for state in states for name in ("exp_avg", "exp_avg_sq")]
        made = self._trained.get(network)
        if made is None or made[0] != where or (rows is not None and made[1].had_gradient is not rows.marks):
            first, second = (
                arrays_of([[None if each is None else self.state[each][name] for each in part] for part in parts])
                for name in ("exp_avg", "exp_avg_sq")
            )
            none = np.empty((len(parts[0].weight), 0), dtype=np.bool_)
            made = where, TrainingState(network.arrays(), first, second, none if rows is None else rows.marks)
            self._trained[network] = made
        counters = [state["step"] for state in states]
        torch._foreach_add_(counters, steps)
        return made[1], int(counters[0]) - steps + 1

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on where `state_dict` was taken, here or of a `torch.optim.Adam` of the same parameters."""
        super().load_state_dict(state_dict)
        self._arrays.clear()
        self._trained.clear()
        for parameter, rows in self._row_gradients.items():
            if parameter in self.state:
                moments = [self.state[parameter][name] for name in ("exp_avg", "exp_avg_sq")]
                rows.resize(parameter)
                # A row without moments has had no gradient. Marks stay: the memory has numbers in marked rows.
                rows.marks[:] |= ((moments[0] != 0) | (moments[1] != 0)).any(-1).cpu().numpy()

    def __getstate__(self) -> dict[str, Any]:
        """What a copy is made of; the optimiser of PyTorch leaves out what a class of its own adds."""
        own = {"compiled": self.compiled, "_row_gradients": self._row_gradients, "_arrays": {}, "_trained": {}}
        return {**super().__getstate__(), **own}

    def _arrays_of(self, parameter: torch.Tensor) -> tuple[Floats, Floats, Floats, Flags]:
        """A parameter and its moments as arrays `(rows, numbers)` on the same memory, and a mark for every row."""
        state = self.state[parameter]
        if not state:  # as PyTorch's fused Adam begins
            state["step"] = torch.zeros((), dtype=torch.float32)
            state["exp_avg"] = torch.zeros_like(parameter)
            state["exp_avg_sq"] = torch.zeros_like(parameter)
        tensors = (parameter.detach(), state["exp_avg"], state["exp_avg_sq"])
        where = [tensor.data_ptr() for tensor in tensors]
        if parameter not in self._arrays or self._arrays[parameter][0] != where:
            rows = len(parameter) if parameter.dim() > 1 else 1
            weight, first, second = (tensor.view(rows, -1).numpy() for tensor in tensors)
            self._arrays[parameter] = (where, (weight, first, second), np.ones(rows, dtype=np.bool_))
        _, arrays, marks = self._arrays[parameter]
        return (*arrays, marks)
