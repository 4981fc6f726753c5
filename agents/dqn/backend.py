"""The online network, its target network and Adam: values for acting, and one update from a batch with its returns.

`TorchBackend` takes any network and device, and is the reference that tests compare `CompiledBackend` with. Both keep
their state in the two modules and the optimiser, so that a state saved by one can be loaded by the other.
"""

import copy
from dataclasses import dataclass
from typing import Any, Literal, TypeGuard

import numpy as np
import torch

from agents.dqn.compiled.kernel import Batch, Training, UpdateSettings, UpdateWorkspace, update
from agents.dqn.networks.plain import Network, Plain
from agents.dqn.settings import DQNSettings
from explore.encoding.observations import no_such_category
from explore.errors import BadInput, unknown
from explore.networks.compiled.adam import adam_settings
from explore.networks.compiled.layers import Layers, new_activations
from explore.networks.compiled.mlp import arrays_of, inputs_of
from explore.networks.stacked import StackedMLP
from explore.numerics.streams import Streams
from explore.numerics.threads import blocks, run_blocks

BackendName = Literal["auto", "compiled", "torch"]


@dataclass(frozen=True)
class UpdateBatch:
    """What one update learns from; every tensor begins `(learners, batch)`.

    observation, action: of the first step. returns: `(learners, batch, functions)`, the discounted sum of the rewards
    up to `successor`. discounts: of that shape, what the successor's value is multiplied by (0 where there is none).
    importance: `(learners, batch)`, the weight of each sample in the loss. learning: `(learners, batch, functions)`,
    which functions learn from it; None for all.
    """

    observation: torch.Tensor
    action: torch.Tensor
    successor: torch.Tensor
    returns: torch.Tensor
    discounts: torch.Tensor
    importance: torch.Tensor
    learning: torch.Tensor | None = None

    def split(self, size: int) -> list["UpdateBatch"]:
        """Batches of `size`, one after the other."""
        parts = {name: part.split(size, dim=1) for name, part in vars(self).items() if part is not None}
        return [UpdateBatch(**dict(zip(parts, each, strict=True))) for each in zip(*parts.values(), strict=True)]


class TorchBackend:
    """The update by PyTorch's automatic differentiation."""

    compiled = False

    def __init__(self, network: Network, settings: DQNSettings) -> None:
        self.network = network
        self.settings = settings
        self.target = copy.deepcopy(network).requires_grad_(False)
        self.trained = [p for p in network.parameters() if p.requires_grad]
        self.optimiser = torch.optim.Adam(self.trained, lr=settings.learning_rate, fused=True)
        for parameter in self.trained:  # Adam would make them at its first step; the compiled update needs them before
            self.optimiser.state[parameter] = {
                "step": torch.zeros((), device=parameter.device),
                "exp_avg": torch.zeros_like(parameter),
                "exp_avg_sq": torch.zeros_like(parameter),
            }
        self.updates = 0

    @torch.no_grad()
    def values(self, rows: torch.Tensor) -> torch.Tensor:
        """The online network's values, `(learners, batch, functions, actions)`."""
        values: torch.Tensor = self.network(rows)
        return values

    @torch.no_grad()
    def greedy_values(self, rows: torch.Tensor) -> torch.Tensor:
        """The target network's extrinsic values without noise, `(learners, batch, actions)`."""
        return self.target.greedy_values(rows)

    @torch.no_grad()
    def targets(self, batch: UpdateBatch) -> torch.Tensor:
        """The target of each value function, `(learners, batch, functions)`."""
        target: torch.Tensor = self.target(batch.successor)
        choosing = self.network(batch.successor) if self.settings.double else target
        extrinsic = self.network.extrinsic
        best = choosing[:, :, :extrinsic].argmax(-1, keepdim=True)
        if self.network.intrinsic:
            both = self.network.extrinsic_values(choosing) + choosing[:, :, -1]
            best = torch.cat([best, both.argmax(-1, keepdim=True).unsqueeze(2)], dim=2)
        bootstrap = target.gather(-1, best).squeeze(-1)
        targets: torch.Tensor = batch.returns + batch.discounts * bootstrap
        return targets

    def update(self, batches: UpdateBatch, streams: Streams) -> torch.Tensor:
        """One update of Adam and the target network from each of the batches, in turn.

        batches: `(learners, updates·batch, …)`, one after the other. Returns the errors `(learners, updates·batch,
        functions)`, each the value before its update minus the target.
        """
        return torch.cat([self._update(batch, streams) for batch in batches.split(self.settings.batch)], dim=1)

    def _update(self, batch: UpdateBatch, streams: Streams) -> torch.Tensor:
        self.network.resample(streams)
        self.target.resample(streams)
        targets = self.targets(batch)
        values = self.network(batch.observation)
        action = batch.action[:, :, None, None].expand(-1, -1, values.shape[2], 1)
        taken = values.gather(-1, action).squeeze(-1)
        loss = torch.nn.functional.smooth_l1_loss(taken, targets, reduction="none") * batch.importance.unsqueeze(-1)
        if batch.learning is not None:
            loss = loss * batch.learning
        self.optimiser.zero_grad(set_to_none=True)
        loss.mean(1).sum().backward()  # a sum over learners and functions: none scales another's step
        self.optimiser.step()
        self.updates += 1
        if self.updates % self.settings.target_interval == 0:
            with torch.no_grad():
                for target, online in zip(self.target.parameters(), self.network.parameters(), strict=True):
                    target.lerp_(online, self.settings.target_rate)
        errors: torch.Tensor = (taken - targets).detach()
        return errors

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to go on: both networks, Adam's moments by the parameters' order, and the updates made."""
        moments = [self.optimiser.state[parameter] for parameter in self.trained]
        return {
            "network": self.network.state_dict(),
            "target": self.target.state_dict(),
            "exp_avg": [state["exp_avg"] for state in moments],
            "exp_avg_sq": [state["exp_avg_sq"] for state in moments],
            "updates": self.updates,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on where `state_dict` was taken."""
        # In place throughout: compiled kernels hold the same memory.
        self.network.load_state_dict(state["network"])
        self.target.load_state_dict(state["target"])
        self.updates = int(state["updates"])
        for place, parameter in enumerate(self.trained):
            moments = self.optimiser.state[parameter]
            moments["step"].fill_(self.updates)
            for name in ("exp_avg", "exp_avg_sq"):
                moments[name].copy_(state[name][place])


class CompiledBackend(TorchBackend):
    """The same update in one compiled call per learner (`agents.dqn.compiled.kernel`), learners spread over threads.

    For the plain network on category codes, on the CPU. A learner's numbers do not depend on the others, and do
    not depend on the number of threads.
    """

    compiled = True
    network: Plain
    target: Plain

    def __init__(self, network: Plain, settings: DQNSettings) -> None:
        super().__init__(network, settings)
        parts, state = network.body.parts, self.optimiser.state
        first, second = (
            arrays_of([[None if each is None else state[each][name] for each in part] for part in parts])
            for name in ("exp_avg", "exp_avg_sq")
        )
        self._training = Training(
            online=network.body.arrays(),
            target=self.target.body.arrays(),
            first=first,
            second=second,
            had_gradient=np.zeros((len(network.learners), network.encoder.size), dtype=np.bool_),
        )
        self._workspaces: list[UpdateWorkspace] = []  # one per thread
        self._steps = [state[parameter]["step"] for parameter in self.trained]
        self._update_settings = UpdateSettings(
            adam=adam_settings(self.optimiser),
            target_rate=settings.target_rate,
            target_interval=settings.target_interval,
            double=settings.double,
            batch=settings.batch,
        )

    def update(self, batches: UpdateBatch, streams: Streams) -> torch.Tensor:
        starts, before = self.network.encoder.starts, self.updates
        read = Batch(
            inputs_of(batches.observation, starts).codes,
            inputs_of(batches.successor, starts).codes,
            batches.action.contiguous().numpy(),
            batches.returns.contiguous().numpy(),
            batches.discounts.contiguous().numpy(),
            batches.importance.contiguous().numpy(),
        )
        errors = np.empty(read.returns.shape, dtype=np.float32)
        parts = blocks(len(self.network.learners))
        self._workspaces += [self._workspace() for _ in range(len(parts) - len(self._workspaces))]
        if not run_blocks(
            lambda block, start, stop: update(
                self._training,
                read,
                starts,
                self._update_settings,
                before,
                self._workspaces[block],
                errors,
                start,
                stop,
            ),
            parts,
        ):
            raise no_such_category()
        self.updates += read.codes.shape[1] // self.settings.batch
        for step in self._steps:
            step.fill_(self.updates)
        return torch.from_numpy(errors)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        # A row without moments has had no gradient, and Adam leaves it where it is.
        first, second = self._training.first.weight[0], self._training.second.weight[0]
        self._training.had_gradient[:] = ((first != 0) | (second != 0)).any(-1)

    def _workspace(self) -> UpdateWorkspace:
        layers, batch = self._training.online, self.settings.batch
        return UpdateWorkspace(
            online=new_activations(layers, batch * (2 if self.settings.double else 1)),
            target=new_activations(layers, batch),
            gradient=Layers(*(tuple(np.zeros_like(array[:1]) for array in part) for part in layers)),
        )


def can_compile(network: Network) -> TypeGuard[Plain]:
    """Whether this is a `plain` network without dueling that reads category codes, on the CPU, in float32."""
    return type(network) is Plain and not network.dueling and network.encoder.categorical and network.body.can_compile


def make_backend(network: Network, settings: DQNSettings, name: BackendName = "auto") -> TorchBackend:
    """The compiled update where the network has one ("auto"), or one of the two; BadInput where it has none.

    With "torch" the forward passes of the network are PyTorch's too.
    """
    if name not in ("auto", "compiled", "torch"):
        raise unknown("backend", name, ["auto", "compiled", "torch"])
    if name != "torch" and can_compile(network):
        return CompiledBackend(network, settings)
    if name == "compiled":
        raise BadInput(
            "the compiled update is for the plain network without dueling on category codes, on the CPU: "
            "use backend='auto' or 'torch'."
        )
    if name == "torch":
        for part in network.modules():
            if isinstance(part, StackedMLP):
                part.compiled = False
    return TorchBackend(network, settings)
