"""State that PyTorch does not see: a module whose tables, random streams and optimisers are part of its state.

`torch.nn.Module.state_dict` holds parameters, buffers and submodules. A `StatefulModule` adds every attribute that has
a `state_dict` and a `load_state_dict` of its own, so that no author has to write them down. All states are tensors and
plain numbers: `torch.load(file, weights_only=True)` reads them.
"""

import copy
from typing import Any, Protocol, runtime_checkable

import torch


@runtime_checkable
class HasState(Protocol):
    """What keeps a state of its own: a table, a random stream, an optimiser."""

    def state_dict(self) -> dict[str, Any]:
        """The state, as tensors and plain numbers."""

    def load_state_dict(self, state: Any) -> None:
        """Go on where `state_dict` was taken."""


class StatefulModule(torch.nn.Module):
    """A module whose `state_dict` includes its attributes that have one."""

    def get_extra_state(self) -> Any:
        return {name: part.state_dict() for name, part in self._parts_with_state().items()}

    def set_extra_state(self, state: Any) -> None:
        for name, part in self._parts_with_state().items():
            # Adam keeps the very tensors that it is given: without a copy two modules would share their moments.
            part.load_state_dict(copy.deepcopy(state[name]))

    def _parts_with_state(self) -> dict[str, HasState]:
        return {name: part for name, part in vars(self).items() if isinstance(part, HasState)}
