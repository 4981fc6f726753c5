"""The networks of a DQN: features in, values of every action out, for many learners at once.

A network gives `extrinsic` value functions of the environment's reward and, if the agent has a bonus, one of the bonus:
`(learners, batch, functions, actions)`, the extrinsic ones first. It says which of them an environment slot acts on
and which of them the exploiting policy is greedy in; everything else is the DQN's. `plain` has one extrinsic function.
"""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import torch

from explore.core.registry import Registry
from explore.core.spec import Settings, Spec, settings_from
from explore.core.transitions import Transitions
from explore.encoding.observations import Encoder
from explore.networks.stacked import StackedMLP
from explore.numerics.streams import Streams

LAST_GAIN = 0.01  # the last layer starts near zero, so that early values carry no accidental preferences


class Network(torch.nn.Module, ABC):
    """Values for `learners` (their names) with `envs` slots each; `intrinsic` asks for the bonus's value function.

    layer_norm: LayerNorm before each ReLU. dueling: see `values_of`.
    """

    Settings: ClassVar[type[Settings]] = Settings
    extrinsic = 1

    def __init__(
        self,
        encoder: Encoder,
        actions: int,
        *,
        hidden: tuple[int, ...],
        intrinsic: bool,
        seed: int,
        learners: list[int],
        envs: int,
        layer_norm: bool = True,
        dueling: bool = False,
        **settings: Any,
    ) -> None:
        super().__init__()
        self.settings: Any = settings_from(self.Settings, settings, f"the network {type(self).__name__}")
        self.encoder = encoder
        self.actions = actions
        self.hidden = hidden
        self.layer_norm = layer_norm
        self.dueling = dueling
        self.intrinsic = intrinsic
        self.seed = seed
        self.learners = learners
        self.envs = envs

    @property
    def functions(self) -> int:
        """How many value functions it has, the bonus's included."""
        return self.extrinsic + self.intrinsic

    @property
    def outputs(self) -> int:
        """Outputs of the last layer: a value per function and action, and per function the state's if `dueling`."""
        return self.functions * (self.actions + self.dueling)

    def values_of(self, outputs: torch.Tensor) -> torch.Tensor:
        """The last layer's `(learners, batch, outputs)` as values, `(learners, batch, functions, actions)`.

        With dueling, Q = V + A − mean A (Wang et al. 2016, equation 9); both come from one last layer.
        """
        if not self.dueling:
            return outputs.view(*outputs.shape[:2], self.functions, self.actions)
        parts = outputs.view(*outputs.shape[:2], self.functions, self.actions + 1)
        advantages = parts[..., 1:]
        return parts[..., :1] + advantages - advantages.mean(-1, keepdim=True)

    @abstractmethod
    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """encoded rows `(learners, batch, width)` to `(learners, batch, functions, actions)`."""

    def behaviour(self, values: torch.Tensor) -> torch.Tensor:
        """The extrinsic values that each slot acts on, `(learners, envs, functions, actions)` without functions."""
        return self.extrinsic_values(values)

    def extrinsic_values(self, values: torch.Tensor) -> torch.Tensor:
        """The extrinsic values that the exploiting policy is greedy in, `(learners, batch, actions)`."""
        return values[:, :, : self.extrinsic].mean(2)

    def greedy_values(self, rows: torch.Tensor) -> torch.Tensor:
        """`extrinsic_values` of these rows, without noise."""
        self.remove_noise()
        return self.extrinsic_values(self(rows))

    def resample(self, streams: Streams) -> None:
        """Draw new weight noise, before each choice and each update; nothing without noise."""
        return

    def remove_noise(self) -> None:
        """Use the mean weights until the next `resample`."""
        return

    def observe(self, transitions: Transitions, streams: Streams) -> None:
        """Take in one real step of every slot, in order; most networks need nothing."""
        return

    def learning(self, streams: Streams) -> torch.Tensor | None:
        """Which functions learn from the newest step of every slot, `(learners, envs, functions)` bool; None for all.

        Drawn once for each transition, and kept with it in replay.
        """
        return None


class Plain(Network):
    """A multi-layer perceptron, all value functions on the same hidden layers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.body = StackedMLP(
            self.encoder,
            self.hidden,
            self.outputs,
            seed=self.seed,
            name="q",
            learners=self.learners,
            norm=self.layer_norm,
            last_gain=LAST_GAIN,
        )

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return self.values_of(self.body(rows))


NETWORKS: Registry[type[Network]] = Registry("escapade.networks", "network")


def build(spec: Spec | None, encoder: Encoder, actions: int, **common: Any) -> Network:
    """The network that a spec names, `plain` where there is none; `common` is what every `Network` takes."""
    plugin, settings = (Plain, Settings()) if spec is None else NETWORKS.resolve(spec)
    return plugin(encoder, actions, **common, **settings.model_dump())
