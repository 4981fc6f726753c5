"""Bootstrapped DQN with randomised priors: deep exploration by an ensemble that disagrees where data is missing.

    Q_k(s, a) = f_k(s, a) + κ·p_k(s, a),   k = 1 … K        (Osband et al. 2018; f_k learned, p_k fixed at its start)

Each environment slot follows one member, drawn anew at the start of each episode; each member learns from its own
random share of the transitions, drawn once for each transition, and bootstraps from itself. The exploiting policy is
greedy in the mean of the members.

K = 20 and κ = 5 are bsuite's (`baselines/jax/boot_dqn`), for rewards near 1 and one small network per member. Here the
members share the hidden layers and κ applies to priors with outputs of order 1/√width: K = 10, κ = 1.
"""

from typing import Any, ClassVar

import torch
from pydantic import Field

from agents.dqn.networks.plain import LAST_GAIN, Network
from explore.core.spec import Settings
from explore.core.transitions import Transitions
from explore.networks.stacked import StackedMLP
from explore.numerics.streams import Streams


class BootstrappedSettings(Settings):
    """Settings of `bootstrapped`."""

    members: int = Field(10, ge=2, description="K, members of the ensemble")
    prior: float = Field(1.0, ge=0, description="κ, scale of the fixed random priors")
    share: float = Field(0.5, gt=0, le=1, description="share of the transitions that each member learns from")


class Bootstrapped(Network):
    """K value functions on shared hidden layers, each with a fixed random prior network of its own outputs."""

    Settings: ClassVar[type[Settings]] = BootstrappedSettings
    member: torch.Tensor  # (learners, envs) which member a slot follows

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.extrinsic = self.settings.members
        common: dict[str, Any] = {"seed": self.seed, "learners": self.learners}
        self.body = StackedMLP(
            self.encoder,
            self.hidden,
            self.outputs,
            name="bootstrapped",
            norm=self.layer_norm,
            last_gain=LAST_GAIN,
            **common,
        )
        self.prior = StackedMLP(self.encoder, self.hidden[:1], self.extrinsic * self.actions, name="prior", **common)
        self.prior.requires_grad_(False)
        members = torch.arange(self.envs).remainder(self.extrinsic).expand(len(self.learners), -1).clone()
        self.register_buffer("member", members)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        values = self.values_of(self.body(rows))
        prior = self.prior(rows).view(*rows.shape[:2], self.extrinsic, self.actions)
        if self.intrinsic:
            prior = torch.nn.functional.pad(prior, (0, 0, 0, 1))
        disagreeing: torch.Tensor = values + self.settings.prior * prior
        return disagreeing

    def behaviour(self, values: torch.Tensor) -> torch.Tensor:
        index = self.member[:, :, None, None].expand(-1, -1, 1, self.actions)
        followed: torch.Tensor = values.gather(2, index).squeeze(2)
        return followed

    def observe(self, transitions: Transitions, streams: Streams) -> None:
        drawn = streams.integers(self.extrinsic, self.envs)
        self.member.copy_(torch.where(transitions.ended, drawn, self.member))

    def learning(self, streams: Streams) -> torch.Tensor:
        learns: torch.Tensor = streams.uniform(self.envs, self.functions) < self.settings.share
        if self.intrinsic:
            learns[..., -1] = True  # there is one function of the bonus, and nothing to disagree with
        return learns
